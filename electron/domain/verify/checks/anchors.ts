/** Heads of the journal in logs that the operator has no hand on: what the journal says of them, and what the logs say. */
import { PLAN } from '../../evidence/names.ts';
import type { AnchorLine } from '../anchorLog.ts';
import { type Context, placeOf, recordsOf } from '../context.ts';

export interface Anchored {
  readonly witnesses: readonly string[];
  readonly remarks: readonly string[];
}

export function checkAnchors(context: Context): Anchored {
  const { plan, policy, trust, reading, report } = context;
  const heads = new Map(reading.records.map((record) => [record._seq - 1, record._prev as string]));
  heads.set(reading.count - 1, reading.head);
  const emitted = recordsOf(reading.records, 'anchor.emit');
  for (const record of emitted) {
    const { seq, head, target } = record.d;
    if (seq < record._seq && heads.get(seq) === head) continue;
    report.add('anchor.head', placeOf(record), `${target}: record ${String(seq)} did not have this head`);
  }
  const written = emitted.filter(({ d }) => d.ok);
  if (policy.anchors === 'logger' && written.length === 0)
    report.add('anchor.missing', PLAN, 'anchors are demanded, and no host has taken one');
  if (trust.anchors === null) {
    if (trust.minimum.anchors === 'logger')
      report.add('anchor.unchecked', PLAN, 'no log was given to compare them with');
    if (written.length === 0) return { witnesses: [], remarks: [] };
    const remark = `the journal says that ${String(written.length)} heads were written into logs of hosts: not checked, no log was given`;
    return { witnesses: [], remarks: [remark] };
  }
  const lines = trust.anchors.filter(({ runId }) => runId === plan.runId);
  return compare(context, heads, lines);
}

function compare(
  { reading, report }: Context,
  heads: ReadonlyMap<number, string>,
  lines: readonly AnchorLine[],
): Anchored {
  let matching = 0;
  let last = -1;
  for (const { line, seq, head } of lines) {
    const place = `anchors:${String(line)}`;
    if (seq >= reading.count) {
      const message = `the log knows record ${String(seq)}, the journal has ${String(reading.count)} records`;
      report.add('anchor.beyond', place, message);
    } else if (heads.get(seq) !== head) {
      report.add('anchor.mismatch', place, `record ${String(seq)} has another head in the journal`);
    } else {
      matching += 1;
      last = Math.max(last, seq);
    }
  }
  const known = new Set(lines.map(({ seq, head }) => `${String(seq)} ${head}`));
  for (const record of recordsOf(reading.records, 'anchor.emit')) {
    const { seq, head, ok, target } = record.d;
    if (!ok || known.has(`${String(seq)} ${head}`)) continue;
    report.add(
      'anchor.absent',
      placeOf(record),
      `the log given has no such line; it was written on ${target}`,
    );
  }
  if (lines.length === 0) return { witnesses: [], remarks: ['the log given has nothing of this run'] };
  const upTo = `up to record ${String(last + 1)} of ${String(reading.count)}`;
  return matching === 0
    ? { witnesses: [], remarks: [] }
    : { witnesses: [`${String(matching)} heads in the log outside match the journal, ${upTo}`], remarks: [] };
}
