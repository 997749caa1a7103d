/** Rule shell.too-long. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { placeOf, readingOf } from '../shell/invocations.ts';

export const shellTooLong: CommandRule = {
  id: 'shell.too-long',
  scope: 'command',
  severity: 'error',
  title: 'A step is no program',
  why: 'Only the first 2,000 programs of a text are looked at. What comes after them nobody has read, the linter included.',
  remedy: 'Put it into a script with a version and a checksum, and run that.',
  bad: 'echo 1;'.repeat(2001),
  good: '/opt/mazevault/bin/collect --version 1.4',
  check,
};

function check(command: ShellText): readonly Hit[] {
  if (!readingOf(command).tooLong) return [];
  return [{ at: placeOf(command, 0), message: 'Only the beginning of this text was looked at.' }];
}
