/** Where no file may be kept on hosts: steps run all the same, nothing is left there, and what needs a file is refused. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf, HOST_FOLDERS, must, openDesk, runbookText } from '../../fixtures/runs/desk.ts';
import { type SshdFixture, startSshd } from '../../fixtures/sshd/startSshd.ts';

let sshd: SshdFixture;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const step = (id: string, run: string, more = '') => `      - id: ${id}
        run: ${run}
        risk: reversible
        rerun: safe
        expect: { exit: 0 }
${more}`;

async function keptOf(runId: string): Promise<readonly string[]> {
  const all = await Promise.all(HOST_FOLDERS.map((place) => readdir(place).catch(() => [])));
  return all.flat().filter((name) => name.startsWith(`holdpoint-${runId}`));
}

describe.each(['ssh2', 'openssh'] as const)('with no files on hosts, %s', (engine) => {
  test('steps run, nothing is kept there, and a detached one is refused before anything is sent', async () => {
    const desk = await openDesk({
      sshd,
      engine,
      runbooks: {
        bare: runbookText(
          'bare',
          step('one', 'cd /usr && export A=1 && test -d share') +
            step('two', 'test "$PWD" != /usr && test -z "$A"', '        mode: exec\n') +
            step('three', `touch ${sshd.dir}/ran-${engine}`, '        mode: detached\n'),
        ),
      },
    });
    must(await desk.client.call('desk.update-settings', { filesOnHosts: 'forbidden' }));
    const run = await desk.start('bare');
    await run.ready();
    expect(run.of('host.connect')[0]?.d).toMatchObject({ uncarried: true, engine });
    expect(await run.run('one')).toBe('passed');
    expect(await keptOf(run.runId)).toEqual([]);
    expect(await run.run('two')).toBe('passed');
    const refused = failureOf(await run.send('three'));
    expect(refused).toMatchObject({ code: 'refused' });
    expect(refused.hint).toContain('Allow files on hosts');
    expect(run.step('three').status.state).toBe('current');
    expect(run.of('step.start')).toHaveLength(2);
    expect(await readdir(sshd.dir)).not.toContain(`ran-${engine}`);
    expect(await keptOf(run.runId)).toEqual([]);
    must(await run.intent({ kind: 'skip', step: 'three', reason: 'not allowed here' }));
    expect((await run.finish()).end?.result).toBe('success-with-deviations');
  });

  test('a host whose files became forbidden says that what was carried is lost', async () => {
    const desk = await openDesk({
      sshd,
      engine,
      runbooks: { later: runbookText('later', step('one', 'cd /usr') + step('two', 'echo two')) },
    });
    const run = await desk.start('later');
    expect(await run.run('one')).toBe('passed');
    must(await desk.client.call('desk.update-settings', { filesOnHosts: 'forbidden' }));
    await sshd.killSessions();
    await run.until('lost', (state) => state.targets['ops']?.connected === false);
    await run.until('connected', (state) => state.targets['ops']?.connected === true);
    expect(run.of('host.connect').at(-1)?.d).toMatchObject({ uncarried: true, stateLost: true });
    expect(await run.run('two')).toBe('passed');
    await run.finish();
  });
});
