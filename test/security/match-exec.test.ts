/** No command of an OpenSSH configuration runs before a person has seen it, however the line is written. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptQuestion } from '../../electron/contract/prompts.ts';
import { createConfigDesk } from '../../electron/host/connect/config/configDesk.ts';
import { findOpenssh } from '../../electron/host/connect/openssh/findOpenssh.ts';

let folder: string;
let proof: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hp-exec-'));
  proof = join(folder, 'ran');
  await mkdir(join(folder, 'd'));
  await writeFile(join(folder, 'd', 'a1'), `Match exec "touch ${proof}"\n User mallory\n`, { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function evaluate(
  text: string,
  answer: 'cancel' | 'trust',
): Promise<{ readonly asked: readonly PromptQuestion[]; readonly ran: boolean; readonly ok: boolean }> {
  const configFile = join(folder, 'config');
  await writeFile(configFile, text, { mode: 0o600 });
  const found = await findOpenssh();
  const asked: PromptQuestion[] = [];
  const desk = createConfigDesk({
    ssh: join(folder, '.ssh'),
    settings: () => ({ sshConfig: 'use', matchExec: 'ask' }),
    program: () => Promise.resolve(found.suitable ? found.path : null),
    configFile,
  });
  const evaluated = await desk.evaluate({ alias: 'db1' }, (question) => {
    asked.push(question);
    return Promise.resolve(answer === 'cancel' ? { kind: 'cancel' } : { kind: 'trust', remember: false });
  });
  const ran = await stat(proof).then(
    () => true,
    () => false,
  );
  return { asked, ran, ok: evaluated.ok };
}

/** `RUN` stands for the command. */
const lines: readonly (readonly [name: string, text: string])[] = [
  ['as the manual has it', 'Match exec "RUN"'],
  ['with =', 'Match exec="RUN"'],
  ['in capitals', 'MATCH EXEC "RUN"'],
  ['a quote within the keyword', 'Ma"tch" exec "RUN"'],
  ['a quoted keyword', '"Match" exec "RUN"'],
  ['a quote within the criterion', 'Match ex"ec" "RUN"'],
  ['a quoted criterion', 'Match "exec" "RUN"'],
  ['a single quote that ssh may not know', `Match !host 'x exec "RUN" !user 'host z`],
  ['a backslash before the end of a quotation', 'Match !host "a\\" exec "RUN" user "\\"x"'],
  ['a backslash that hides what runs', 'Match exec "true\\" exec "RUN" user "\\"x"'],
  ['= before the keyword', '=Match exec "RUN"'],
  ['carriage returns as white space', 'Match\rexec\r"RUN"'],
  ['behind another criterion', 'Match host=db1 exec "RUN"'],
  ['behind a carriage return', 'Match host=db1\rexec "RUN"'],
  ['a form feed at the end', 'Match exec "RUN"\f'],
  ['an included file', 'Include DIR/a1'],
  ['a quote within Include', 'Incl"ude" DIR/a1'],
  ['a pattern', 'Include DIR/a?'],
  ['a class of characters', 'Include DIR/[[:alpha:]]1'],
  ['a set with a bracket in it', 'Include DIR/[]a]1'],
  ['a range', 'Include DIR/[a-b]1'],
  ['a backslash in a name', 'Include DIR/\\\\a1'],
  ['the home of somebody', `Include ~root/..DIR/a1`],
  ['a token', 'Include DIR/a%%1'],
  ['below Host', 'Host *\n  Include DIR/a*'],
];

describe.skipIf(!(await findOpenssh()).suitable)('Match exec', () => {
  it.each(lines)('%s: nothing runs when a person says no', async (_name, text) => {
    const written = text.replace('RUN', `touch ${proof}`).replace('DIR', join(folder, 'd'));
    const { ran } = await evaluate(`${written}\n  User mallory\n`, 'cancel');
    expect(ran).toBe(false);
  });

  it.each(lines)('%s: what may run was shown', async (_name, text) => {
    const written = text.replace('RUN', `touch ${proof}`).replace('DIR', join(folder, 'd'));
    const { ran, asked } = await evaluate(`${written}\n  User mallory\n`, 'trust');
    if (!ran) return;
    const shown = asked.flatMap((question) => (question.kind === 'match-exec' ? question.commands : []));
    expect(
      shown.some(({ command }) => command.includes(`touch ${proof}`) || command.startsWith('Include ')),
    ).toBe(true);
  });
});
