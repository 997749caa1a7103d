/**
 * The two source documents as they are: each of their known defects that a linter can see is found at its line. Both are
 * read as the import reads them; their copies in test/fixtures/sources are never changed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintMarkdown } from './lintText.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/sources');

/** Number of the defect, what it is, and where each part of it is found: `rule` and its lines. */
type Defect = readonly [
  number: number,
  what: string,
  ...found: readonly [rule: string, ...lines: number[]][],
];

const mazevault: readonly Defect[] = [
  [1, 'section 2 is missing', ['document.section-gap', 103]],
  [
    1,
    'tasks without steps',
    ['document.promised-procedure', 14, 18, 22, 30, 38, 42, 119, 125, 128, 136, 156],
  ],
  [2, 'three rules for one key', ['document.contradictory-frequency', 208]],
  [2, 'an API call that is not given', ['document.unnamed-tool', 124]],
  [3, 'the pipeline hides a failed dump', ['shell.pipefail', 61]],
  [3, 'variables of the workstation', ['shell.local-expansion', 61], ['shell.unquoted-variable', 61]],
  [3, 'a dump that cannot be listed', ['pg.dump-format', 61]],
  [4, 'a backup that is written over, unproven and readable', ['backup.fixed-name', 61]],
  [4, 'no proof of the backup', ['backup.unverified', 61, 72], ['backup.umask', 61]],
  [5, 'no configuration in the backup', ['backup.no-configuration', 61]],
  [6, 'writes after the backup', ['document.backup-without-quiesce', 48]],
  [7, 'a failover during the outage', ['document.failover-not-suspended', 277]],
  [8, 'the network at an air-gapped site', ['document.air-gapped-network', 55]],
  [8, 'charts without a version', ['helm.version', 57, 63], ['helm.diff-secrets', 57]],
  [9, 'no revision on record', ['helm.no-history', 63]],
  [10, 'a list in place of a check', ['check.listing', 67, 83]],
  [10, 'certificates that are not checked', ['tls.insecure', 68, 84, 148]],
  [10, 'errors that are not seen', ['curl.fail', 68, 84, 148], ['curl.silent', 68, 84, 148]],
  [10, 'requests without an end', ['curl.timeout', 68, 84, 148], ['curl.masked', 68, 84, 148]],
  [11, 'no proof of the target', ['target.unproven', 63, 74, 97, 106, 110]],
  [11, 'a host that nobody owns', ['document.placeholder', 68, 148, 162]],
  [12, 'the pull before the tags', ['compose.pull-order', 74]],
  [13, 'two branches in one block', ['shell.or-branches', 75]],
  [14, 'images from an unchecked medium', ['image.unverified-load', 76, 77, 78]],
  [14, 'another version than that of the document', ['document.version-mismatch', 76, 77, 78]],
  [15, 'an edit in a comment', ['shell.step-in-comment', 79, 100], ['compose.config-check', 81, 101]],
  [16, 'services that are not waited for', ['compose.wait', 81, 101], ['compose.pull-never', 81]],
  [17, 'eight checks without anything to check', ['document.bare-task', 86, 87, 89, 90, 91, 92, 93, 94]],
  [18, 'a rollback to whatever came before', ['helm.rollback-revision', 97], ['helm.wait', 97]],
  [19, 'everything taken down', ['compose.down', 99]],
  [20, 'the database after the application', ['rollback.restore-last', 102], ['shell.step-in-comment', 102]],
  [20, 'no trigger, owner or deadline', ['document.rollback-unbounded', 95]],
  [21, 'an index that blocks', ['pg.reindex-concurrently', 110], ['pg.lock-timeout', 110]],
  [21, 'psql as it happens to be set up', ['pg.psql-strict', 106, 110, 112]],
  [21, 'no criterion', ['document.vague-condition', 51, 109], ['document.promise', 108]],
  [22, 'a size without a limit', ['pg.pretty-size', 113]],
  [22, 'a list of revocations by anybody', ['openssl.crl-unverified', 149]],
  [23, 'downtime: yes', ['document.downtime-vague', 12, 32]],
  [23, 'a notice that leaves out', ['document.notice-incomplete', 152], ['document.affect', 157]],
  [
    23,
    'restored automatically',
    ['document.promise', 147, 161],
    ['document.placeholder', 152, 154, 157, 159, 163],
  ],
  [24, 'two time zones', ['document.mixed-time-zones', 221]],
  [24, 'a license server at an air-gapped site', ['document.air-gapped-network', 243]],
];

const naksha: readonly Defect[] = [
  [25, 'the first Saturday is no Sunday', ['document.date-rule', 124]],
  [26, '90 and 30 days', ['document.date-interval', 10, 29]],
  [27, 'four things on one day', ['document.due-coincide', 10, 48, 103, 161]],
  [27, 'due dates that miss the window', ['document.due-outside-window', 10, 29, 48, 66, 85, 103, 161]],
  [28, 'four hours are not below four', ['document.window-over-budget', 247]],
  [29, 'any rollback in 15 minutes', ['document.rollback-promise', 250]],
  [
    29,
    'objectives without a measure',
    ['document.objective-unmeasured', 58, 59],
    ['document.promise', 61, 270],
  ],
  [
    30,
    'one procedure for five things',
    ['document.one-procedure-many', 19],
    ['document.rotation-incomplete', 19, 37],
  ],
  [30, 'no commands, no scripts', ['document.unnamed-tool', 20], ['document.bare-task', 20, 21, 22, 23, 24]],
  [31, 'shares in a script', ['document.split-knowledge', 14]],
  [32, 'signed too late', ['document.rotation-order', 22], ['document.unbounded-scope', 16]],
  [33, 'removed while tokens live', ['document.removal-without-wait', 41]],
  [34, 'a dry run for a restore', ['document.dry-run-restore', 70], ['document.load-test-target', 75]],
  [35, 'the security team afterwards', ['document.notify-late', 222], ['document.no-evidence', 219]],
  [35, 'failover if needed', ['document.vague-condition', 228], ['document.failover-incomplete', 228]],
  [36, 'immediate rollback', ['document.rollback-no-return', 237], ['document.rollback-unbounded', 234]],
  [
    36,
    'nobody answers at night',
    ['document.escalation-contact', 196, 197, 198, 203, 204, 205, 206, 209, 210, 211, 212],
  ],
  [36, 'too late', ['document.escalation-late', 204], ['document.escalation-order', 206]],
  [36, 'extended', ['document.undefined-term', 208]],
  [37, 'two rules for one thing', ['document.contradictory-frequency', 145, 181, 182]],
  [37, 'dates without a day', ['document.date-incomplete', 142, 178], ['document.no-freeze', 123]],
];

describe.each([
  ['mazevault-maintenance.md', mazevault],
  ['naksha-maintenance-schedule.md', naksha],
] as const)('%s', (name, defects) => {
  const found = readFile(join(FIXTURES, name), 'utf8').then((text) => lintMarkdown(text, name));

  const parts = defects.map(([number, what, ...expected]) => ({ number, what, expected }));

  it.each(parts)('defect $number: $what', async ({ expected }) => {
    const all = await found;
    for (const [rule, ...lines] of expected) {
      const at = all.filter((one) => one.rule === rule).map(({ line }) => line);
      expect(at, rule).toEqual(expect.arrayContaining(lines));
    }
  });

  it('has a place, a message and a remedy for every finding', async () => {
    const length = (await readFile(join(FIXTURES, name), 'utf8')).split('\n').length;
    for (const { line, column, message, hint } of await found) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(length);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toBe('');
      expect(hint).not.toBe('');
    }
  });
});

it('finds five things and more in one line of a dump', async () => {
  const text = await readFile(join(FIXTURES, 'mazevault-maintenance.md'), 'utf8');
  const rules = new Set(lintMarkdown(text).flatMap(({ line, rule }) => (line === 61 ? [rule] : [])));
  expect(rules.size).toBeGreaterThanOrEqual(5);
});
