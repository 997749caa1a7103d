import { expect, test } from 'vitest';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdtemp } from 'node:fs/promises';
import { startRehearsalHost } from '../../../electron/host/rehearsal/rehearsalHost.ts';
test('x', async () => {
  const r = await startRehearsalHost({ dir: await mkdtemp('/tmp/hp-'), assets: 'assets/rehearsal' });
  if (!r.ok) throw new Error(r.error.message);
  const h = r.value;
  const run = promisify(execFile);
  const a = ['-F', '/dev/null', '-p', String(h.port), '-i', h.identityFile, '-o', `UserKnownHostsFile=${h.knownHostsFile}`, `${h.user}@${h.host}`];
  console.log(await run('ssh', [...a, 'helm; env; exit 3']).catch((e) => e));
  console.log(await run('ssh', ['-tt', ...a, 'helm; env; tty; stty -a; exit 4']).catch((e) => e));
  await h.close();
  expect(1).toBe(1);
}, 20000);
