/** The ledger of the desk: the run was entered before it began, and closed with this manifest; nothing is left out. */
import { type LedgerReading, readLedger } from '../../evidence/ledger.ts';
import type { Sha256 } from '../../../contract/ids.ts';
import { toHex, utf8 } from '../../signatures/bytes.ts';
import { type Context, placeOf } from '../context.ts';
import { judgeSignature } from '../signer.ts';

/** Checks the run against the ledger that was given, if one was. Returns what must be said of it. */
export async function checkLedger(context: Context): Promise<readonly string[]> {
  const { container, trust, plan, run, start, digests, manifestSha256, report } = context;
  const { ledger } = trust;
  if (ledger === null) return [];
  const { platform } = container;
  const reading = readLedger(ledger.text, (text) => toHex(platform.sha256(utf8(text))) as Sha256);
  await checkSigned(context, ledger);
  const own = reading.records.filter(({ d }) => d.runId === plan.runId);
  const lines = new Set(own.map(({ line }) => `ledger.jsonl:${String(line)}`));
  for (const { id, place, message } of reading.findings) {
    if (id !== 'ledger.unsealed' || lines.has(place)) report.add(id, place, message);
  }
  const { seq, head } = start.d.ledger;
  const opened = own.find(({ type }) => type === 'open');
  const text = ledger.text.split('\n')[seq] ?? '';
  if (
    opened?.type !== 'open' ||
    opened.seq !== seq ||
    opened.d.planSha256 !== digests.get('plan/plan.json') ||
    !text.startsWith(`{"_prev":"${head}","_seq":${String(seq)},`)
  ) {
    const message = `run.start names entry ${String(seq)} of the ledger, which does not open this run`;
    report.add('ledger.open', placeOf(start), message);
  }
  for (const entry of own) {
    const place = `ledger.jsonl:${String(entry.line)}`;
    if (entry.type === 'abandon') report.add('ledger.seal', place, 'the ledger has this run as given up');
    if (entry.type !== 'seal') continue;
    if (entry.d.manifestSha256 !== manifestSha256)
      report.add('ledger.seal', place, 'the ledger has this run with another manifest');
    else if (entry.d.result !== run.result)
      report.add('ledger.seal', place, `the ledger has this run as ${entry.d.result}`);
  }
  return remarksOf(reading, plan.runId);
}

async function checkSigned(
  { container, trust, start, report }: Context,
  ledger: { readonly text: string; readonly signatures: readonly Uint8Array[] },
): Promise<void> {
  const message = utf8(ledger.text);
  const why: string[] = [];
  for (const file of ledger.signatures) {
    const outcome = await judgeSignature(container.platform, trust, 'ledger', file, message);
    if (!outcome.holds) why.push(outcome.message);
    else if (outcome.signer.principals.includes(start.d.device.id)) return;
    else why.push(outcome.signer.refused?.message ?? `it is of ${outcome.signer.principals.join(', ')}`);
  }
  const said = why.length === 0 ? 'there is no signature' : why.join('; ');
  report.add('ledger.signature', 'ledger.jsonl', `${said} (the run was sealed by ${start.d.device.id})`);
}

function remarksOf({ count, findings }: LedgerReading, runId: string): readonly string[] {
  const others = findings.filter(({ id, message }) => id === 'ledger.unsealed' && !message.includes(runId));
  const open = others.length === 0 ? '' : `; ${String(others.length)} other runs in it are not closed`;
  return [`the ledger of the desk was given: ${String(count)} entries${open}`];
}
