/** Signals to a command that its host takes long to begin: they are not given up on the way. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, must, openDesk, runbookText } from '../../fixtures/runs/desk.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';

/** More than the first, quick tries. */
const ENOUGH = 15;

function heldStep(mode: string): string {
  return `      - id: one
        title: One
        risk: reversible
        run: 'sleep 600 # HELD'
        mode: ${mode}
        timeout: 20m
        expect: { exit: 0 }
`;
}

test.each(['pty', 'exec'])('reach it when it begins at last (%s)', async (mode) => {
  const dir = await mkdtemp(join(tmpdir(), 'hp-interrupt-'));
  // The host holds the marked command up and counts how often it is asked to signal something.
  const sshd = await startSshd({
    forceCommand: [
      `case "$SSH_ORIGINAL_COMMAND" in`,
      `*HELD*) until test -e ${dir}/go; do sleep 0.1; done ;;`,
      `*"kill -s TERM"*) echo asked >>${dir}/asked ;;`,
      `esac; eval "$SSH_ORIGINAL_COMMAND"`,
    ].join(' '),
  });
  onTestFinished(async () => {
    await sshd.stop();
    await rm(dir, { recursive: true });
  });
  const desk = await openDesk({ sshd, runbooks: { held: runbookText('held', heldStep(mode)) } });
  const run = await desk.start('held');
  must(await run.send('one'));
  await eventually('it is under way', () => run.of('step.start').length === 1 || undefined);
  must(await run.intent({ kind: 'signal', step: 'one', signal: 'TERM' }));
  const asked = async () => (await readFile(join(dir, 'asked'), 'utf8').catch(() => '')).split('\n').length;
  await eventually('it has been asked often', async () => (await asked()) > ENOUGH || undefined);
  await writeFile(join(dir, 'go'), '');
  expect(await run.settled('one')).toBe('failed');
  expect(run.of('step.end').at(-1)?.d.end).toEqual({ how: 'signal', signal: 'TERM' });
  await run.finish();
});
