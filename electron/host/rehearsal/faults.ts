/** What can be made to go wrong on the rehearsal platform. A fault is on while its file exists; nothing else knows. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalFault } from '../../contract/views.ts';
import { fail, ok, type Result } from '../../contract/result.ts';

export const faultTitles = {
  'dump-fails': 'Database dump dies half-way',
  'health-degraded': 'Health stays degraded after the upgrade',
  'migration-error': 'Database migration fails during the upgrade',
  'slow-pull': 'Images are pulled slowly (about 25 s)',
  'drop-connection': 'Connection drops during the next upgrade (once)',
  'chart-differs': 'Repository serves another chart than the planned one',
  'image-differs': 'Backend image is not the planned one',
  'pull-fails': 'Registry stops answering during the pull',
  'restore-loses-rows': 'Restored database lacks some secrets',
  'agents-missing': 'One agent in ten does not come back after the upgrade',
  'canary-differs': 'Canary secret reads differently after the upgrade',
  'siem-silent': 'Audit events do not reach the SIEM',
  'ocsp-not-revoked': 'OCSP goes on calling a revoked certificate good',
  'pods-restart': 'Pods and containers restart now and then',
  'license-server-silent': 'License server was not reached since the change',
  'key-job-failed': 'Key rotation job ended with an error',
  'reencryption-behind': 'Secrets are still encrypted with the old cipher key',
  'old-cipher-key-used': 'Old cipher key is still read with',
  'jwks-stale': 'Key set seen from outside is that of yesterday',
  'signer-not-switched': 'New tokens are still signed with the old key',
  'old-token-accepted': 'Tokens of the withdrawn key are still accepted',
  'unauthorised-rate-high': 'More requests than usual are answered with 401 after the switch',
  'unknown-key-seen': 'Requests come with a key that nobody knows',
  'consumer-on-old-key': 'One consumer still uses the old key',
  'old-key-accepted': 'Disabled key is still accepted',
  'restore-test-fails': 'Restored backup cannot be decrypted',
  'rekey-nonce-differs': 'Custodians see the nonce of another re-key',
  'share-refused': 'A share of a key is refused',
  'standby-stays-locked': 'Standby does not open with the new shares (MazeVault)',
  'standby-stays-sealed': 'Standby stays sealed with the new shares (HashiCorp Vault)',
  'dr-key-behind': 'DR site stays on the old master key',
  'data-keys-left': 'Three data keys are still wrapped with the old master key',
  'resign-incomplete': 'Last image cannot be signed again',
  'unsigned-admitted': 'A pod with an unsigned image is admitted',
  's3-old-key-used': 'Old S3 key is still used',
  's3-dr-key-denied': 'New S3 key is refused in the DR region',
  's3-old-key-accepted': 'Disabled S3 key is still accepted',
  'sa-token-unbound': 'A pod has no bound token',
  'sa-token-accepted': 'Invalid service-account tokens are still accepted',
  'rollout-stuck': 'Restarted workloads do not become ready',
  'old-role-connected': 'One session still uses the old database role',
  'old-role-logs-in': 'Old database role logs in although its login was taken away',
  'webhook-fails': 'Receiver refuses events that are signed with the new secret',
  'receiver-missed': 'One receiver takes test events alone with the new secret',
  'target-down': 'A monitored target is down',
  'test-alert-lost': 'Test alert is not delivered',
  'clock-skew': 'Clock of the replica is off by 2.4 s',
  'replica-behind': 'Replica is almost seven minutes behind',
  'dr-slow': 'Recovery takes 15:07 (limit 15:00)',
  'dr-lag': 'The newest 5:03 before the cut are lost (limit 5:00)',
  'failback-slow': 'Way back takes 15:11 (limit 15:00)',
  'fence-leaks': 'Fenced primary still takes writes',
  'rejoin-behind': 'Old primary stays 95 s behind when it comes back as a replica',
  'rows-differ': 'Rows are missing on the recovered side',
  'amcheck-corrupt': 'An index is corrupt',
  'audit-chain': 'Chain of the audit log is broken',
  'backup-old': 'Newest backup is almost two days old',
  'replica-differs': 'A backup differs between the regions',
  'lock-missing': 'Backups are not locked',
  'object-corrupt': 'Backup arrives with other bytes',
  'restore-fails': 'Restore ends with an error half-way',
  'smoke-fails': 'Application cannot read a token of the restored database',
  'drain-blocked': 'Disruption budget holds the drain',
  'node-not-ready': 'Node does not come back after the work',
  'pdb-zero': 'Disruption budget allows no disruption',
  'removed-api': 'Something uses an interface that the next version does not have',
  'control-plane-fails': 'Update of the control plane fails',
  'control-plane-down': 'Control plane is not ready after its update',
  'snapshot-broken': 'Snapshot of etcd cannot be read',
  'image-pull-fails': 'New image cannot be pulled',
  'certificate-not-issued': 'Certificate is not issued',
  'naksha-unhealthy': 'Naksha does not become healthy',
  'segment-open': 'Forbidden connections are possible',
  'isolation-leaks': 'Isolated pods reach the Internet still',
  'patch-incomplete': 'Fixed image still has the vulnerability',
  'image-vulnerable': 'Running image has a critical vulnerability',
  'benchmark-fails': 'CIS benchmark has three failures',
  'pod-security-open': 'A namespace does not enforce the restricted level',
  'default-deny-missing': 'A namespace does not deny by default',
  'admin-left': 'Somebody who has left is cluster-admin',
  'policy-audit-only': 'Policy for signatures only writes a note',
  'unsigned-runs': 'An image without a valid signature runs',
  'vault-audit-off': 'Vault has one audit device only',
  'perf-slow': 'Endpoint is slower than its baseline',
  'perf-database': 'Database is slower than its baseline',
  'perf-disk': 'Storage is slower than its baseline',
  'perf-network': 'Network is slower than its baseline',
  'test-is-production': 'Context of the test system leads to production',
  'transaction-open': 'A forgotten transaction stays open during a vacuum or rebuild',
  'backup-damaged': 'Newest backup is damaged on the disk',
  'backup-cut-short': 'Newest backup was cut short when it was made',
  'database-grows': 'Database has grown fast for a week',
  'tls-key-mismatch': 'New key does not belong to the new certificate',
  'tls-certificate-revoked': 'New certificate is revoked already',
  'tls-node-stale': 'One node does not read its certificate again',
  'crl-expiring': 'Full revocation list of one authority ends tomorrow',
  'crl-forged': 'Delta revocation list has the signature of somebody else',
  'crl-revoked-missing': 'Revoked certificate is not in the revocation list',
  'archive-incomplete': 'Archive holds half of a log',
  'audit-archive-behind': 'Audit archive is four hours behind',
  'ca-share-refused': 'A share of the authority above is refused',
  'ca-request-differs': 'Request for the new authority names another one',
  'ca-lifetime-wrong': 'New authority is signed for too long',
  'ca-trust-missing': 'One client does not trust the new authority',
} as const;
export type FaultId = keyof typeof faultTitles;

const faultIds = Object.keys(faultTitles) as readonly FaultId[];

export interface Faults {
  /** Every fault with its state, in a fixed order. */
  list(): readonly RehearsalFault[];
  /** Whether it was switched on, and not off again since. */
  has(id: FaultId): boolean;
  /** Switches one. `not-found` for an unknown id, `storage` when its file cannot be written. */
  set(id: string, on: boolean): Promise<Result<readonly RehearsalFault[]>>;
  /** All off; for a platform whose files were made anew. */
  forget(): void;
}

/** The faults whose files are in `directory`, which starts empty. */
export function createFaults(directory: string): Faults {
  const on = new Set<string>();
  const list = (): readonly RehearsalFault[] =>
    faultIds.map((id) => ({ id, title: faultTitles[id], on: on.has(id) }));
  return {
    list,
    has: (id) => on.has(id),
    async set(id, wanted) {
      if (!faultIds.some((known) => known === id)) {
        return fail('not-found', `The rehearsal host has no fault “${id}”.`, {
          hint: `Known: ${faultIds.join(', ')}.`,
        });
      }
      const file = join(directory, id);
      try {
        if (wanted) await writeFile(file, '', { mode: 0o600 });
        else await rm(file, { force: true });
      } catch (error) {
        return fail('storage', `The fault “${id}” could not be switched: ${String(error)}.`, {
          kept: 'The rehearsal goes on as it was.',
        });
      }
      if (wanted) on.add(id);
      else on.delete(id);
      return ok(list());
    },
    forget() {
      on.clear();
    },
  };
}
