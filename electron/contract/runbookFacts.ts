/** The facts that runbooks of each kind state for the change record. A list; it reads no runbook. */
import type { RunbookKind, Template } from './runbook.ts';

/** Names of the facts that a runbook may state, by its kind. Kinds that are not here have none. */
export const factNames = {
  'key-rotation': [
    'keyId',
    'oldVersion',
    'newVersion',
    'algorithm',
    'bits',
    'oldFingerprint',
    'newFingerprint',
    'cryptoperiodDays',
    'lastRotated',
    'custodians',
    'dualControl',
    'oldKeyDisposition',
    'reencrypted',
    'remainingOnOldKey',
    'decryptTest',
  ],
  'disaster-recovery': [
    'scenario',
    'environment',
    'backupId',
    'backupTakenAt',
    'rtoTargetS',
    'rtoMeasuredS',
    'rpoTargetS',
    'rpoMeasuredS',
    'integrityChecks',
    'participants',
    'lessons',
    'actions',
  ],
  upgrade: [
    'from',
    'to',
    'imageDigests',
    'backupSha256',
    'preChecks',
    'postChecks',
    'maintenanceWindow',
    'notified',
    'downtimeS',
  ],
  rollback: [
    'from',
    'to',
    'imageDigests',
    'backupSha256',
    'preChecks',
    'postChecks',
    'maintenanceWindow',
    'notified',
    'downtimeS',
  ],
} as const satisfies Partial<Record<RunbookKind, readonly string[]>>;

/** Facts of the change record by kind of runbook (run.json), such as `keyId` of a key rotation. */
export type ReportFacts = Readonly<Record<string, Template>>;
