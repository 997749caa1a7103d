/**
 * The recovery drill as it ships: whatever delays are injected, the run, its report and its evidence name the times that
 * they imply, to the second, and a time that reaches its limit fails the drill.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Client } from 'ssh2';
import { driveRun } from '../../../electron/cli/driver.ts';
import { testPerson } from '../../../electron/cli/testPerson.ts';
import type { JournalRecord } from '../../../electron/contract/records.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import type { MeasureStep, ObserveStep, RunStep, Step } from '../../../electron/contract/steps.ts';
import type { KindBlock } from '../../../electron/domain/evidence/kindBlock.ts';
import { takeTime } from '../../../electron/domain/run/measure.ts';
import { pickCaptures } from '../../../electron/domain/runbook/capture.ts';
import { evaluate, type Observation } from '../../../electron/domain/runbook/expectation.ts';
import { renderCommand, renderText } from '../../../electron/domain/runbook/template.ts';
import type { TestCase } from '../../../electron/domain/testing/testFile.ts';
import { verifyBundle } from '../../../electron/host/evidence/verify.ts';
import { type Desk, must, openDesk } from '../../fixtures/runs/desk.ts';
import { connect, exec, startHost } from '../rehearsal/client.ts';
import { linkedRunbook } from '../../fixtures/runs/linkedRunbook.ts';

const DRILL = 'naksha-dr-drill';

/** Seconds that the injected failure costs. */
interface Delays {
  readonly rto: number;
  readonly rpo: number;
  readonly failback: number;
}

const STATE = '.platform/state/naksha/delays';
const asFile = ({ rto, rpo, failback }: Delays) =>
  `rto=${String(rto)}\nrpo=${String(rpo)}\nfailback=${String(failback)}\n`;

interface Walked {
  readonly values: Readonly<Record<string, string>>;
  /** Whether each measured time was within its limit, by step. */
  readonly measured: Readonly<Record<string, boolean>>;
}

/** What people do is passed over; the restore of the backup has a test of its own. */
const done = (step: Step): step is RunStep | ObserveStep | MeasureStep =>
  (step.kind === 'run' || step.kind === 'observe' || step.kind === 'measure') &&
  !step.id.startsWith('restore-test-');

/** Sends every command up to and with the step `last`. Anything that is not as expected ends the test. */
async function walk(client: Client, runbook: Runbook, last: string): Promise<Walked> {
  const values: Record<string, string> = Object.fromEntries(
    runbook.parameters.map(({ name, default: value }) => [name, value ?? '']),
  );
  const measured: Record<string, boolean> = {};
  for (const step of runbook.phases.flatMap((phase) => phase.steps)) {
    if (done(step)) {
      if (step.kind === 'measure') Object.assign(measured, take(step, values));
      else Object.assign(values, await send(client, step, values));
    }
    if (step.id === last) return { values, measured };
  }
  throw new Error(`there is no step ${last}`);
}

function take(step: MeasureStep, values: Record<string, string>): Record<string, boolean> {
  const taken = takeTime(step, values);
  if (!taken.ok) throw new Error(taken.error.message);
  let within = false;
  for (const record of taken.value) {
    if (record.type === 'capture') values[record.d.name] = record.d.value;
    if (record.type === 'measure') within = record.d.ok;
  }
  return { [step.id]: within };
}

async function send(client: Client, step: RunStep | ObserveStep, values: Record<string, string>) {
  const command = renderCommand(step.run, values);
  if (!command.ok) throw new Error(command.error.message);
  const input = step.kind === 'run' && step.stdin !== undefined ? renderText(step.stdin, values) : null;
  if (input !== null && !input.ok) throw new Error(input.error.message);
  const ended = await exec(client, command.value.text, input === null ? {} : { input: input.value });
  const seen: Observation = {
    end: ended.code === null ? { how: 'lost', why: 'no exit status' } : { how: 'exit', code: ended.code },
    stdout: ended.stdout.toString(),
    stderr: ended.stderr,
    truncated: false,
  };
  const wrong = evaluate(step.expect, seen, values, new Date()).filter(({ ok }) => !ok);
  expect(wrong, `${step.id}: ${ended.stderr}`).toEqual([]);
  const picked = pickCaptures(step.capture, seen);
  if (!picked.ok) throw new Error(`${step.id}: ${picked.error}`);
  return picked.value;
}

/** What the sealed bundle of a drill says, to somebody who has nothing but the bundle. */
interface Told {
  readonly result: string | undefined;
  readonly records: readonly JournalRecord[];
  readonly facts: KindBlock['facts'];
  readonly reported: KindBlock['facts'];
  /** Lines of the files that were fetched, by step. */
  readonly fetched: Readonly<Record<string, readonly string[]>>;
}

/** Runs the whole drill with these delays, and gives back what its evidence says. */
async function drill(delays: Delays, more: Partial<TestCase>): Promise<Told> {
  const desk = await openDesk({});
  await inject(desk, delays);
  const run = await desk.start(DRILL);
  const one: TestCase = {
    name: 'drill',
    variants: {},
    parameters: {},
    secrets: {},
    faults: [],
    answers: 'auto',
    custodians: {},
    then: {},
    result: 'success',
    steps: {},
    ...more,
  };
  const person = testPerson(desk.client, run.runId, one);
  const state = must(await driveRun(desk.client, run.runId, person));
  expect(person.problems).toEqual([]);
  return { result: state.end?.result, ...(await bundleOf(desk, run.runId)) };
}

/** The host of the desk starts when a fault is set; its platform reads the delays when the region fails. */
async function inject(desk: Desk, delays: Delays): Promise<void> {
  must(await desk.client.call('rehearsal.set-fault', { id: 'dr-slow', on: false }));
  const [name] = await readdir(join(desk.home, 'data', 'rehearsal'));
  await writeFile(join(desk.home, 'data', 'rehearsal', name ?? '', 'home', STATE), asFile(delays));
}

async function bundleOf(desk: Desk, runId: Parameters<Desk['runDir']>[0]): Promise<Omit<Told, 'result'>> {
  const { client } = desk;
  must(await client.call('evidence.sign', { runId }));
  const directory = await mkdtemp(join(tmpdir(), 'holdpoint-drill-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const { path } = must(await client.call('evidence.export', { runId, directory }));
  const { text } = must(await client.call('evidence.trust-file', {}));
  const { verdict, content } = must(await verifyBundle({ zip: path }, { allowedSigners: text }));
  expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
  const { id } = must(await client.call('bundle.open', { kind: 'path', path }));
  const report = must(await client.call('evidence.report', { of: { kind: 'bundle', id }, format: 'json' }));
  const reported = JSON.parse(Buffer.from(report.base64, 'base64').toString()) as { block: KindBlock };
  const records = content?.records ?? [];
  const fetched: Record<string, readonly string[]> = {};
  for (const record of records) {
    if (record.type !== 'file.transfer') continue;
    const whole = { id, path: record.d.file.file, offset: 0, length: 1_048_576 };
    const { base64 } = must(await client.call('bundle.read', whole));
    fetched[record.d.step] = Buffer.from(base64, 'base64').toString().trim().split('\n');
  }
  return { records, facts: content?.run.block?.facts ?? {}, reported: reported.block.facts, fetched };
}

function measuresOf({ records }: Told) {
  return Object.fromEntries(
    records.flatMap((record) =>
      record.type === 'measure' ? [[record.d.step, { ms: record.d.ms, ok: record.d.ok }] as const] : [],
    ),
  );
}

const at = (line: string, field: number, separator: string) =>
  Date.parse(line.split(separator)[field] ?? '') / 1000;

/** The times once more, as an auditor takes them from the raw data, with the cut as the journal has it. */
function fromRawData({ records, fetched }: Told): Omit<Delays, 'failback'> {
  const cut = records.find((record) => record.type === 'capture' && record.d.name === 't_fail');
  const failed = Date.parse(cut?.type === 'capture' ? cut.d.value : '') / 1000;
  const after = (fetched['probe-kept'] ?? []).filter((line) => at(line, 0, ' ') >= failed);
  const good = after.findIndex((line) => line.split(' ')[1] === 'ok');
  expect(good).toBeGreaterThan(0);
  expect(after.slice(good, good + 3).map((line) => line.split(' ')[1])).toEqual(['ok', 'ok', 'ok']);
  const newest = Math.max(...(fetched['markers-kept'] ?? []).map((line) => at(line, 1, ',')));
  return { rto: at(after[good + 2] ?? '', 0, ' ') - failed, rpo: failed - newest };
}

const seconds = (count: number, ok: boolean) => ({ ms: count * 1000, ok });

describe('the drill', () => {
  test('says 14:59 and 4:59 in its run, its report and its evidence, and succeeds', async () => {
    const told = await drill({ rto: 899, rpo: 299, failback: 899 }, {});
    expect(told.result).toBe('success');
    expect(measuresOf(told)).toMatchObject({
      rto: seconds(899, true),
      rpo: seconds(299, true),
      'failback-time': seconds(899, true),
    });
    const facts = { rtoMeasuredS: '899', rtoTargetS: '900', rpoMeasuredS: '299', rpoTargetS: '300' };
    expect(told.facts).toMatchObject(facts);
    expect(told.reported).toEqual(told.facts);
    expect(fromRawData(told)).toEqual({ rto: 899, rpo: 299 });
  });

  test('fails at 15:00 and 5:00, with all brought back and every time on record', async () => {
    const then = { rpo: 'override', rto: 'override' } as const;
    const told = await drill({ rto: 900, rpo: 300, failback: 900 }, { then, result: 'failed' });
    expect(told.result).toBe('failed');
    expect(measuresOf(told)).toMatchObject({
      rto: seconds(900, false),
      rpo: seconds(300, false),
      'failback-time': seconds(900, false),
    });
    expect(told.facts).toMatchObject({ rtoMeasuredS: '900', rpoMeasuredS: '300' });
    expect(told.reported).toEqual(told.facts);
    expect(fromRawData(told)).toEqual({ rto: 900, rpo: 300 });
  });

  test.each([
    { rto: 899, rpo: 301, failback: 901, within: { rto: true, rpo: false, 'failback-time': false } },
    { rto: 901, rpo: 299, failback: 899, within: { rto: false, rpo: true, 'failback-time': true } },
  ])('judges $rto s, $rpo s and $failback s each for itself', async ({ within, ...delays }) => {
    const { host } = await startHost();
    const client = await connect(host);
    await exec(client, `cat > ${STATE}`, { input: asFile(delays) });
    const { values, measured } = await walk(client, await linkedRunbook(DRILL), 'failback-time');
    expect(values).toMatchObject({
      rto_s: String(delays.rto),
      rpo_s: String(delays.rpo),
      failback_s: String(delays.failback),
    });
    expect(measured).toMatchObject(within);
  });
});
