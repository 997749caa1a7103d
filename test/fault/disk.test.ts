/** The disk of the desk is full in the middle of a run: the person is told, and nothing that came is lost. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../electron/host/files/hash.ts';
import { eventually, failureOf, must, openDesk, runbookText } from '../fixtures/runs/desk.ts';
import { mayMount, tinyDisk } from '../fixtures/runs/tinyDisk.ts';
import { type SshdFixture, startSshd } from '../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const mounts = await mayMount();
if (!mounts) process.stderr.write('skipped: tests of a full or read-only disk need the right to mount one\n');

/** The parameter of the runbook that names the file the command waits for. */
const REF = '${go}';

const steps = `      - id: pour
        run: touch ${REF}.begun; while [ ! -e ${REF} ]; do sleep 0.05; done; head -c 3000000 /dev/zero | tr '\\0' x
        mode: exec
        risk: read
        expect: { exit: 0 }
      - id: after
        run: echo after
        risk: read
        expect: { exit: 0 }
`;

describe.skipIf(!mounts)('a disk that fills up while a command runs', () => {
  test('holds the run up, says so, and goes on to the last byte when there is room', async () => {
    const disk = await tinyDisk(24 * 1024);
    for (const dir of ['config', 'data/runs', 'data/runbooks'])
      await mkdir(join(disk.dir, dir), { recursive: true });
    const go = join(sshd.dir, 'go');
    const desk = await openDesk({
      sshd,
      home: disk.dir,
      runbooks: {
        full: runbookText('full', steps, 'parameters:\n  go: { title: Go, type: path, required: true }'),
      },
    });
    const trouble: string[] = [];
    desk.client.onEvent((event) => {
      if (event.type === 'run.storage') trouble.push(event.failure?.message ?? 'fine');
    });
    const run = await desk.start('full', { parameters: { go } as never });
    must(await run.send('pour'));
    await eventually('the command has begun', async () =>
      readFile(`${go}.begun`).then(
        () => true,
        () => undefined,
      ),
    );
    await disk.fill(64 * 1024);
    await writeFile(go, '');
    await eventually(
      'trouble is told',
      () => trouble.some((words) => words.includes('the disk is full')) || undefined,
    );
    expect(run.step('pour').status.state).toBe('running');
    await disk.free();
    expect(await run.settled('pour')).toBe('passed');
    expect(trouble.at(-1)).toBe('fine');
    expect(run.of('step.end')[0]?.d.stdout).toMatchObject({
      bytes: 3_000_000,
      sha256: sha256(Buffer.alloc(3_000_000, 120)),
    });
    await disk.fill(0);
    const refused = failureOf(await run.send('after'));
    expect(refused).toMatchObject({ code: 'storage', kept: 'Nothing was sent.' });
    expect(refused.message).toContain('the disk is full');
    await disk.free();
    expect(await run.run('after')).toBe('passed');
    expect((await run.finish()).end?.result).toBe('success');
    // A mount cannot be taken away from under an open desk.
    await desk.close();
  });
});
