/** Timestamps over the signatures: an authority outside says that a signature existed at a time, and nothing earlier. */
import { reviewPaths, signaturePath, timestampPath } from '../../evidence/names.ts';
import {
  inspectTimestamp,
  MAX_TIMESTAMP_BYTES,
  type Timestamp,
  verifyTimestamp,
} from '../../timestamps/verifyTimestamp.ts';
import type { Context } from '../context.ts';
import { readMember } from '../members.ts';
import type { ReviewSeen } from './reviews.ts';

export interface Stamped {
  readonly witnesses: readonly string[];
  readonly remarks: readonly string[];
  /** Over operator.sig. */
  readonly operator?: Timestamp;
}

/** A token gives whole seconds; whoever made it may be off by its accuracy. */
const SECOND_MS = 1000;

interface Question {
  readonly path: string;
  readonly stamped: Uint8Array;
  readonly what: string;
  /** It cannot be older than this. */
  readonly after: string;
}

export async function checkTimestamps(context: Context, reviews: readonly ReviewSeen[]): Promise<Stamped> {
  const { container, signatures, run, policy, trust, report } = context;
  const questions = new Map<string, Question>();
  for (const { role, file } of signatures) {
    const path = timestampPath(role);
    questions.set(path, { path, stamped: file, what: signaturePath(role), after: run.endedAt });
  }
  for (const { n, review, armor } of reviews) {
    const { timestamp, signature } = reviewPaths(n);
    questions.set(timestamp, { path: timestamp, stamped: armor, what: signature, after: review.at });
  }
  const witnesses: string[] = [];
  const remarks: string[] = [];
  const stamps = new Map<string, Timestamp>();
  for (const question of [...questions.values()].filter(({ path }) => container.members.has(path))) {
    const stamp = await judge(context, question);
    if (stamp === null) continue;
    stamps.set(question.path, stamp);
    const said = `${question.what} existed at ${stamp.genTime.toISOString()} by ${stamp.authority}`;
    if (trust.tsaCa === null) remarks.push(`${said}: not checked, no authority was given to judge it by`);
    else witnesses.push(said);
  }
  for (const path of container.members.keys()) {
    if (!path.endsWith('.tsr') || questions.has(path)) continue;
    report.add('timestamp.imprint', path, 'the signature that it stands by does not hold or is not there');
  }
  if (policy.timestamp === 'required') demand(context);
  const operator = stamps.get(timestampPath('operator'));
  return { witnesses, remarks, ...(operator === undefined ? {} : { operator }) };
}

function demand({ container, trust, report }: Context): void {
  const path = timestampPath('operator');
  if (!container.members.has(path)) report.add('timestamp.missing', path, 'it is not in the bundle');
  else if (trust.minimum.timestamp === 'required' && trust.tsaCa === null)
    report.add('timestamp.unchecked', path, 'no authority was given to judge it by');
}

async function judge(context: Context, question: Question): Promise<Timestamp | null> {
  const { container, trust, report } = context;
  const { path, stamped, after } = question;
  const file = await readMember(container, path, MAX_TIMESTAMP_BYTES, report);
  if (file === null) return null;
  const asked = { token: file.bytes, stamped, subtle: container.platform.subtle };
  const judged =
    trust.tsaCa === null
      ? await inspectTimestamp(asked)
      : await verifyTimestamp({ ...asked, authoritiesPem: trust.tsaCa });
  if (!judged.ok) {
    report.add(judged.error.id, path, judged.error.message);
    return null;
  }
  const { genTime, accuracyMs = 0 } = judged.value;
  if (genTime.getTime() + SECOND_MS + accuracyMs < Date.parse(after)) {
    const message = `it is of ${genTime.toISOString()}, what it is over was made after ${after}`;
    report.add('timestamp.early', path, message);
    return null;
  }
  return judged.value;
}
