/** Rule rm.variable. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const rmVariable: CommandRule = {
  id: 'rm.variable',
  scope: 'command',
  severity: 'error',
  title: 'rm -r must not hang on a variable',
  why: 'When the variable is empty, `rm -rf "$DIR/"` removes everything there is.',
  remedy: 'Write `"${DIR:?}"`, which stops when it is empty, or name the folder.',
  bad: 'rm -rf "$BUILD_DIR/old"',
  good: 'rm -rf /srv/mazevault/old',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'rm').flatMap((call) => {
    if (!call.args.some(({ value }) => /^(?:-[a-zA-Z]*[rR]|--recursive)/.test(value))) return [];
    const word = call.args.find(({ parts }) =>
      parts.some(
        (part) => (part.kind === 'variable' && !/^:?\?/.test(part.operator)) || part.kind === 'script',
      ),
    );
    return word === undefined ? [] : [hitAt(command, call, 'An empty variable removes too much.', word)];
  });
}
