/** Every check of a bundle's story, in the order in which a reader would ask. */
import type { EvidenceView } from '../../../contract/views.ts';
import { MANIFEST } from '../../evidence/names.ts';
import type { Context } from '../context.ts';
import { checkAnchors } from './anchors.ts';
import { checkApprovals } from './approvals.ts';
import { checkDiffs } from './diffs.ts';
import { checkHolds } from './holds.ts';
import { checkKept } from './kept.ts';
import { checkLedger } from './ledger.ts';
import { checkReviews } from './reviews.ts';
import { checkRunbookStory } from './runbookStory.ts';
import { checkSources } from './sources.ts';
import { Nonces } from './signedStatement.ts';
import { checkTimestamps } from './timestamps.ts';
import { checkPolicy, checkWindow } from './window.ts';

export interface Checked {
  /** One line each: what L2 rests on besides the journal. */
  readonly rests: readonly string[];
  /** One line each: witnesses outside the operator’s control that hold. */
  readonly witnesses: readonly string[];
  /** What must be said although it is no finding. */
  readonly remarks: readonly string[];
  readonly reviews: EvidenceView['reviews'];
  readonly timestamp?: NonNullable<EvidenceView['timestamp']>;
}

export async function runChecks(context: Context): Promise<Checked> {
  const nonces = new Nonces();
  checkPolicy(context);
  checkWindow(context);
  const approvals = await checkApprovals(context, nonces);
  const sources = await checkSources(context);
  const commands = checkRunbookStory(context);
  await checkDiffs(context);
  const holds = await checkHolds(context, nonces);
  checkKept(context);
  const reviews = await checkReviews(context, nonces);
  const stamped = await checkTimestamps(context, reviews);
  const anchored = checkAnchors(context);
  const ledger = await checkLedger(context);
  checkReplay(context);
  const { operator } = stamped;
  return {
    rests: [
      ...(sources === 0
        ? []
        : [`the runbook follows from the ${String(sources)} files it was put together from`]),
      ...(commands === 0
        ? []
        : [`${String(commands)} commands are what the runbook gives with the values of the plan`]),
      ...releaseNote(context),
      ...approvals,
      ...(holds === 0 ? [] : [`${String(holds)} holds were passed with signatures`]),
      ...reviews.map(({ review }) => `reviewed by ${review.principal}: ${review.verdict}`),
      ...secretNotes(context),
    ],
    witnesses: [...stamped.witnesses, ...anchored.witnesses],
    remarks: [...stamped.remarks, ...anchored.remarks, ...ledger],
    reviews: reviews.map(({ review }) => review),
    ...(operator === undefined
      ? {}
      : { timestamp: { at: operator.genTime.toISOString(), authority: operator.authority } }),
  };
}

/** The package is not in the bundle: the plan, which people approved and the device sealed, says whose it was. */
function releaseNote({ plan: { release } }: Context): readonly string[] {
  if (release === undefined) return [];
  const { principal, fingerprint, sha256 } = release;
  return [
    `the plan names the signed package of the runbook: ${principal}, key ${fingerprint}, digest list ${sha256}`,
  ];
}

/** What people said of secrets before the seal: no contradiction, and nothing to be passed over either. */
function secretNotes({ run }: Context): readonly string[] {
  return run.notes.flatMap(({ kind, file, message }) =>
    kind.startsWith('secret-') ? [`at the seal: ${message} (${file})`] : [],
  );
}

/** The same run with another content: one of the two was made up. */
function checkReplay({ trust, run, manifestSha256, report }: Context): void {
  const known = trust.seen.get(run.runId);
  if (known === undefined || known === manifestSha256) return;
  report.add('replay.seen', MANIFEST, `${run.runId} was verified before with the manifest ${known}`);
}
