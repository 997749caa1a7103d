/** All rules, in the order of their ids. One file each in rules/. */
import type { LintRule } from './rule.ts';
import { attestTick } from './rules/attest-tick.ts';
import { backupBeforeIrreversible } from './rules/backup-before-irreversible.ts';
import { backupFixedName } from './rules/backup-fixed-name.ts';
import { backupNoConfiguration } from './rules/backup-no-configuration.ts';
import { backupUmask } from './rules/backup-umask.ts';
import { backupUnverified } from './rules/backup-unverified.ts';
import { cautionAfterAction } from './rules/caution-after-action.ts';
import { checkListing } from './rules/check-listing.ts';
import { composeConfigCheck } from './rules/compose-config-check.ts';
import { composeDownVolumes } from './rules/compose-down-volumes.ts';
import { composeDown } from './rules/compose-down.ts';
import { composePullNever } from './rules/compose-pull-never.ts';
import { composePullOrder } from './rules/compose-pull-order.ts';
import { composeWait } from './rules/compose-wait.ts';
import { curlFail } from './rules/curl-fail.ts';
import { curlMasked } from './rules/curl-masked.ts';
import { curlSilent } from './rules/curl-silent.ts';
import { curlTimeout } from './rules/curl-timeout.ts';
import { documentAffect } from './rules/document-affect.ts';
import { documentAirGappedNetwork } from './rules/document-air-gapped-network.ts';
import { documentBackupWithoutQuiesce } from './rules/document-backup-without-quiesce.ts';
import { documentBareTask } from './rules/document-bare-task.ts';
import { documentContradictoryFrequency } from './rules/document-contradictory-frequency.ts';
import { documentDateIncomplete } from './rules/document-date-incomplete.ts';
import { documentDateInterval } from './rules/document-date-interval.ts';
import { documentDateRule } from './rules/document-date-rule.ts';
import { documentDowntimeVague } from './rules/document-downtime-vague.ts';
import { documentDryRunRestore } from './rules/document-dry-run-restore.ts';
import { documentDueCoincide } from './rules/document-due-coincide.ts';
import { documentDueOutsideWindow } from './rules/document-due-outside-window.ts';
import { documentEscalationContact } from './rules/document-escalation-contact.ts';
import { documentEscalationLate } from './rules/document-escalation-late.ts';
import { documentEscalationOrder } from './rules/document-escalation-order.ts';
import { documentFailoverIncomplete } from './rules/document-failover-incomplete.ts';
import { documentFailoverNotSuspended } from './rules/document-failover-not-suspended.ts';
import { documentLoadTestTarget } from './rules/document-load-test-target.ts';
import { documentMixedTimeZones } from './rules/document-mixed-time-zones.ts';
import { documentNoEvidence } from './rules/document-no-evidence.ts';
import { documentNoFreeze } from './rules/document-no-freeze.ts';
import { documentNoticeIncomplete } from './rules/document-notice-incomplete.ts';
import { documentNotifyLate } from './rules/document-notify-late.ts';
import { documentObjectiveUnmeasured } from './rules/document-objective-unmeasured.ts';
import { documentOneProcedureMany } from './rules/document-one-procedure-many.ts';
import { documentPlaceholder } from './rules/document-placeholder.ts';
import { documentPromise } from './rules/document-promise.ts';
import { documentPromisedProcedure } from './rules/document-promised-procedure.ts';
import { documentRemovalWithoutWait } from './rules/document-removal-without-wait.ts';
import { documentRollbackNoReturn } from './rules/document-rollback-no-return.ts';
import { documentRollbackPromise } from './rules/document-rollback-promise.ts';
import { documentRollbackUnbounded } from './rules/document-rollback-unbounded.ts';
import { documentRotationIncomplete } from './rules/document-rotation-incomplete.ts';
import { documentRotationOrder } from './rules/document-rotation-order.ts';
import { documentSectionGap } from './rules/document-section-gap.ts';
import { documentSplitKnowledge } from './rules/document-split-knowledge.ts';
import { documentUnboundedScope } from './rules/document-unbounded-scope.ts';
import { documentUndefinedTerm } from './rules/document-undefined-term.ts';
import { documentUnnamedTool } from './rules/document-unnamed-tool.ts';
import { documentVagueCondition } from './rules/document-vague-condition.ts';
import { documentVersionMismatch } from './rules/document-version-mismatch.ts';
import { documentWindowOverBudget } from './rules/document-window-over-budget.ts';
import { expectMissing } from './rules/expect-missing.ts';
import { helmAtomic } from './rules/helm-atomic.ts';
import { helmDiffSecrets } from './rules/helm-diff-secrets.ts';
import { helmNoHistory } from './rules/helm-no-history.ts';
import { helmRollbackRevision } from './rules/helm-rollback-revision.ts';
import { helmVersion } from './rules/helm-version.ts';
import { helmWait } from './rules/helm-wait.ts';
import { holdBeforeIrreversible } from './rules/hold-before-irreversible.ts';
import { holdOwner } from './rules/hold-owner.ts';
import { imageUnpinned } from './rules/image-unpinned.ts';
import { imageUnverifiedLoad } from './rules/image-unverified-load.ts';
import { kubectlDisableEviction } from './rules/kubectl-disable-eviction.ts';
import { kubectlExecTty } from './rules/kubectl-exec-tty.ts';
import { kubectlForceDelete } from './rules/kubectl-force-delete.ts';
import { networkAirGapped } from './rules/network-air-gapped.ts';
import { opensslCrlUnverified } from './rules/openssl-crl-unverified.ts';
import { opensslSClientUnverified } from './rules/openssl-s-client-unverified.ts';
import { parameterUnknown } from './rules/parameter-unknown.ts';
import { parameterUnused } from './rules/parameter-unused.ts';
import { pgDumpFormat } from './rules/pg-dump-format.ts';
import { pgLockTimeout } from './rules/pg-lock-timeout.ts';
import { pgPrettySize } from './rules/pg-pretty-size.ts';
import { pgPsqlStrict } from './rules/pg-psql-strict.ts';
import { pgReindexConcurrently } from './rules/pg-reindex-concurrently.ts';
import { pgRestoreExit } from './rules/pg-restore-exit.ts';
import { phaseBudget } from './rules/phase-budget.ts';
import { phaseOverBudget } from './rules/phase-over-budget.ts';
import { quotingRaw } from './rules/quoting-raw.ts';
import { rerunNeverWithoutProbe } from './rules/rerun-never-without-probe.ts';
import { rerunProbeMissing } from './rules/rerun-probe-missing.ts';
import { riskMissing } from './rules/risk-missing.ts';
import { rmVariable } from './rules/rm-variable.ts';
import { rollbackRestoreLast } from './rules/rollback-restore-last.ts';
import { runbookAbort } from './rules/runbook-abort.ts';
import { runbookObjectives } from './rules/runbook-objectives.ts';
import { runbookRollbackMissing } from './rules/runbook-rollback-missing.ts';
import { runbookUnknown } from './rules/runbook-unknown.ts';
import { runbookWindow } from './rules/runbook-window.ts';
import { secretInArgument } from './rules/secret-in-argument.ts';
import { secretOnCommandLine } from './rules/secret-on-command-line.ts';
import { shellLocalExpansion } from './rules/shell-local-expansion.ts';
import { shellOrBranches } from './rules/shell-or-branches.ts';
import { shellPipeToShell } from './rules/shell-pipe-to-shell.ts';
import { shellPipefail } from './rules/shell-pipefail.ts';
import { shellSetE } from './rules/shell-set-e.ts';
import { shellStepInComment } from './rules/shell-step-in-comment.ts';
import { shellTooLong } from './rules/shell-too-long.ts';
import { shellUnquotedVariable } from './rules/shell-unquoted-variable.ts';
import { sshHostKey } from './rules/ssh-host-key.ts';
import { stepDestructive } from './rules/step-destructive.ts';
import { stepPlannedOverTimeout } from './rules/step-planned-over-timeout.ts';
import { stepPlanned } from './rules/step-planned.ts';
import { stepTimeout } from './rules/step-timeout.ts';
import { stepTitleVerb } from './rules/step-title-verb.ts';
import { stepTwoActions } from './rules/step-two-actions.ts';
import { stepUnreachable } from './rules/step-unreachable.ts';
import { sudoShell } from './rules/sudo-shell.ts';
import { targetIdentityDefault } from './rules/target-identity-default.ts';
import { targetIdentity } from './rules/target-identity.ts';
import { targetUnproven } from './rules/target-unproven.ts';
import { tlsInsecure } from './rules/tls-insecure.ts';
import { tlsWgetNoCheck } from './rules/tls-wget-no-check.ts';

export const rules: readonly LintRule[] = [
  attestTick,
  backupBeforeIrreversible,
  backupFixedName,
  backupNoConfiguration,
  backupUmask,
  backupUnverified,
  cautionAfterAction,
  checkListing,
  composeConfigCheck,
  composeDownVolumes,
  composeDown,
  composePullNever,
  composePullOrder,
  composeWait,
  curlFail,
  curlMasked,
  curlSilent,
  curlTimeout,
  documentAffect,
  documentAirGappedNetwork,
  documentBackupWithoutQuiesce,
  documentBareTask,
  documentContradictoryFrequency,
  documentDateIncomplete,
  documentDateInterval,
  documentDateRule,
  documentDowntimeVague,
  documentDryRunRestore,
  documentDueCoincide,
  documentDueOutsideWindow,
  documentEscalationContact,
  documentEscalationLate,
  documentEscalationOrder,
  documentFailoverIncomplete,
  documentFailoverNotSuspended,
  documentLoadTestTarget,
  documentMixedTimeZones,
  documentNoEvidence,
  documentNoFreeze,
  documentNoticeIncomplete,
  documentNotifyLate,
  documentObjectiveUnmeasured,
  documentOneProcedureMany,
  documentPlaceholder,
  documentPromise,
  documentPromisedProcedure,
  documentRemovalWithoutWait,
  documentRollbackNoReturn,
  documentRollbackPromise,
  documentRollbackUnbounded,
  documentRotationIncomplete,
  documentRotationOrder,
  documentSectionGap,
  documentSplitKnowledge,
  documentUnboundedScope,
  documentUndefinedTerm,
  documentUnnamedTool,
  documentVagueCondition,
  documentVersionMismatch,
  documentWindowOverBudget,
  expectMissing,
  helmAtomic,
  helmDiffSecrets,
  helmNoHistory,
  helmRollbackRevision,
  helmVersion,
  helmWait,
  holdBeforeIrreversible,
  holdOwner,
  imageUnpinned,
  imageUnverifiedLoad,
  kubectlDisableEviction,
  kubectlExecTty,
  kubectlForceDelete,
  networkAirGapped,
  opensslCrlUnverified,
  opensslSClientUnverified,
  parameterUnknown,
  parameterUnused,
  pgDumpFormat,
  pgLockTimeout,
  pgPrettySize,
  pgPsqlStrict,
  pgReindexConcurrently,
  pgRestoreExit,
  phaseBudget,
  phaseOverBudget,
  quotingRaw,
  rerunNeverWithoutProbe,
  rerunProbeMissing,
  riskMissing,
  rmVariable,
  rollbackRestoreLast,
  runbookAbort,
  runbookObjectives,
  runbookRollbackMissing,
  runbookUnknown,
  runbookWindow,
  secretInArgument,
  secretOnCommandLine,
  shellLocalExpansion,
  shellOrBranches,
  shellPipeToShell,
  shellPipefail,
  shellSetE,
  shellStepInComment,
  shellTooLong,
  shellUnquotedVariable,
  sshHostKey,
  stepDestructive,
  stepPlannedOverTimeout,
  stepPlanned,
  stepTimeout,
  stepTitleVerb,
  stepTwoActions,
  stepUnreachable,
  sudoShell,
  targetIdentityDefault,
  targetIdentity,
  targetUnproven,
  tlsInsecure,
  tlsWgetNoCheck,
];
