/** The facts of a kind of change as pairs of name and text, for every renderer. Facts that are not known are not there. */
import type { KindBlock } from '../evidence/kindBlock.ts';
import type { Report } from './model.ts';
import { basisWords, count, plural, utc } from './words.ts';

const FACT_WORDS: Readonly<Record<string, string>> = {
  keyId: 'Key',
  oldVersion: 'Old version',
  newVersion: 'New version',
  algorithm: 'Algorithm',
  bits: 'Length in bits',
  oldFingerprint: 'Old fingerprint',
  newFingerprint: 'New fingerprint',
  cryptoperiodDays: 'Cryptoperiod in days',
  lastRotated: 'Last rotated',
  custodians: 'Custodians',
  dualControl: 'Dual control',
  oldKeyDisposition: 'What became of the old key',
  reencrypted: 'Encrypted again',
  remainingOnOldKey: 'Still under the old key',
  decryptTest: 'Test decryption',
  scenario: 'Scenario',
  environment: 'Environment',
  backupId: 'Backup',
  backupTakenAt: 'Backup taken at',
  rtoTargetS: 'RTO target in seconds',
  rtoMeasuredS: 'RTO measured in seconds',
  rpoTargetS: 'RPO target in seconds',
  rpoMeasuredS: 'RPO measured in seconds',
  integrityChecks: 'Integrity checks',
  participants: 'Participants',
  lessons: 'Lessons',
  actions: 'Actions',
  from: 'From',
  to: 'To',
  imageDigests: 'Image digests',
  backupSha256: 'SHA-256 of the backup',
  preChecks: 'Checks before',
  postChecks: 'Checks after',
  maintenanceWindow: 'Maintenance window',
  notified: 'Notified',
  downtimeS: 'Downtime in seconds',
};

export function blockRows({ block }: Pick<Report, 'block'>): readonly (readonly [string, string])[] {
  if (block === null) return [];
  const stated = Object.entries(block.facts).map(
    ([name, value]) => [FACT_WORDS[name] ?? name, value] as const,
  );
  return [...stated, ...observed(block)];
}

/** What the journal itself knows. */
function observed(block: KindBlock): readonly (readonly [string, string])[] {
  const { before, after, people, window, origin } = block;
  const rows: [string, string][] = [];
  if (origin !== undefined) rows.push(['Rolls back', origin]);
  if (before.length > 0) rows.push(['Checks on record before the change', heldText(before)]);
  if (after.length > 0) rows.push(['Checks on record after the change', heldText(after)]);
  if (window !== undefined) {
    const kept = window.kept ? 'the whole run lay in it' : 'the run did not keep to it';
    rows.push(['Change window', `${utc(window.from)} to ${utc(window.to)}; ${kept}`]);
  }
  if (people.length > 0) {
    rows.push([
      'Holds were passed by',
      people.map(({ name, role, basis }) => `${name} (${role}, ${basisWords[basis]})`).join('; '),
    ]);
  }
  return rows;
}

function heldText(steps: KindBlock['before']): string {
  const held = steps.reduce((total, step) => total + step.held, 0);
  const of = steps.reduce((total, step) => total + step.of, 0);
  return `${count(held)} of ${plural(of, 'check')} held, in ${plural(steps.length, 'step')}`;
}
