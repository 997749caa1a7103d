/** Steps on a host without a POSIX shell: their output is recorded, their end proves nothing, a person settles them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf, must, openDesk, runbookText } from '../../fixtures/runs/desk.ts';
import { makeKey } from '../../fixtures/sshd/startSshd.ts';
import { type Device, startDevice } from '../boundary/device.ts';

let device: Device;
beforeAll(async () => {
  device = await startDevice((line) =>
    line.startsWith('show ')
      ? { stdout: `${line}: version 7.1\r\n`, code: 0 }
      : { stdout: `% Invalid input: ${line}\r\n`, code: 0 },
  );
});
afterAll(() => device.stop());

const step = (id: string, more: string) => `      - id: ${id}
        risk: ${more.startsWith('observe') ? 'read' : 'reversible'}
${more.replace(/^/gm, '        ')}
`;

describe('a host that is only observed', () => {
  test('never passes a step, is settled by a person, and refuses detached commands before sending', async () => {
    const key = join(device.knownHostsFile, '..', 'client');
    await makeKey(key, 'ed25519');
    const desk = await openDesk({
      sshd: { ...device, clientKeyFile: key },
      runbooks: {
        seen: runbookText(
          'seen',
          step(
            'look',
            'run: show version\nmode: exec\nexpect: { exit: 0, stdout: { contains: version 7.1 } }',
          ) +
            step('watch', 'observe: show load\nevery: 1s\nfor: 3s\nexpect: { exit: 0 }') +
            step('apart', 'run: show things\nmode: detached\nexpect: { exit: 0 }'),
        ),
      },
    });
    const run = await desk.start('seen');
    await run.ready();
    expect(run.of('host.connect')[0]?.d).toMatchObject({ shell: 'none' });
    expect(await run.run('look')).toBe('unknown');
    expect(run.of('check').map(({ d }) => d.ok)).not.toContain(false);
    expect(run.of('step.result').at(-1)?.d).toMatchObject({ state: 'unknown', via: 'observed' });
    const [end] = run.of('step.end');
    expect(await readFile(join(run.dir, end?.d.stdout?.file ?? ''), 'utf8')).toContain('version 7.1');
    must(await run.intent({ kind: 'override', step: 'look', reason: 'the version is right' }));
    expect(await run.run('watch')).toBe('unknown');
    must(await run.intent({ kind: 'override', step: 'watch', reason: 'seen' }));
    const before = device.commands.length;
    expect(failureOf(await run.send('apart')).message).toContain('detached');
    expect(device.commands.slice(before)).toEqual([]);
    expect(run.of('step.start').map(({ d }) => d.step)).toEqual(['look', 'watch']);
    must(await run.intent({ kind: 'skip', step: 'apart', reason: 'cannot be done there' }));
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });
});
