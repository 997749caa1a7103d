/** The arguments of `holdpoint package`: what does not fit is refused before anything is opened. */
import { expect, it } from 'vitest';
import { packageCommand } from '../../../electron/cli/packageCommands.ts';
import { changeLine, installedLine } from '../../../electron/cli/packageWords.ts';
import type { Output } from '../../../electron/cli/output.ts';
import type { InstalledPackage, PackageName } from '../../../electron/contract/packages.ts';

function said(): Output & { readonly failures: string[] } {
  const failures: string[] = [];
  return {
    failures,
    json: false,
    line: () => undefined,
    data: () => undefined,
    note: () => undefined,
    failure({ message }) {
      failures.push(message);
      return 2;
    },
    paint: (_, text) => text,
  };
}

it.each([
  [],
  ['what'],
  ['export', 'site'],
  ['export', 'site', '1.0.0', 'more'],
  ['list', 'more'],
  ['inspect'],
  ['inspect', 'a', 'b'],
  ['sign'],
  ['remove'],
])('shows how it is used: %s', async (...args: string[]) => {
  expect(await packageCommand(args, {}, said())).toBeNull();
});

it('takes a key or a signature, not both', async () => {
  expect(await packageCommand(['sign', 'a.zip'], { key: 'app', signature: 'a.sig' }, said())).toBeNull();
});

it.each([
  [['export', 'Site', '1.0.0'], {}, 'Site is no name'],
  [['export', 'site', 'one'], {}, 'one is no version'],
  [['export', 'site', '1.0.0'], { runbooks: ['ok', 'Not OK'] }, 'Not OK is no id'],
  [['revert', 'Site'], {}, 'Site is no name'],
] as const)('says what is wrong with a name: %s', async (args, more, message) => {
  const output = said();
  expect(await packageCommand(args, more, output)).toBe(2);
  expect(output.failures[0]).toContain(message);
});

it('says in a line what becomes different, and what is on the desk', () => {
  const change = {
    kind: 'runbook',
    id: 'a',
    change: 'changed',
    from: '2.0',
    to: '1.0',
    downgrade: true,
  } as const;
  expect(changeLine({ ...change, hiddenBy: '/own/a' })).toBe(
    '  changed runbook a  2.0 -> 1.0  older than the one here  not used: /own/a comes before it',
  );
  const damaged: InstalledPackage = {
    state: 'damaged',
    name: 'site' as PackageName,
    why: 'Bad.',
    previous: { version: '1.0' },
  };
  expect(installedLine(damaged)).toBe('site  damaged: Bad.  (before: 1.0)');
});
