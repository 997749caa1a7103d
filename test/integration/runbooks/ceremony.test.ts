/**
 * The ceremony of the master key as it ships, in a rehearsal: k of n custodians at prompts of their own, and no trace of
 * what they typed or were shown on the disk of the desk.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { driveRun } from '../../../electron/cli/driver.ts';
import { testPerson, type TestPerson } from '../../../electron/cli/testPerson.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Report } from '../../../electron/domain/report/model.ts';
import type { TestCase } from '../../../electron/domain/testing/testFile.ts';
import { type Desk, must, openDesk, proveRun, type Run } from '../../fixtures/runs/desk.ts';

const CEREMONY = 'mazevault-master-key-rotation';

/** As in assets/rehearsal/lib/shares.sh. */
function share(product: string, generation: number, number: number): string {
  const text = `rehearsal ${product} generation ${String(generation)} share ${String(number)}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Who comes, and what they type. */
type Turns = TestCase['custodians'][string];

const WRONG = 'no-share-of-this-key-7f31';
const old1 = share('mazevault', 4, 1);
const old3 = share('mazevault', 4, 3);
const new1 = share('mazevault', 5, 1);
const new2 = share('mazevault', 5, 2);
const new3 = share('mazevault', 5, 3);

const giveOld: Turns = [
  ['Clara Novak', old1],
  ['Erik Larsen', WRONG],
  ['Daniel Braun', old3],
];
const deal: Turns = [
  ['Clara Novak', new1],
  ['Daniel Braun', new2],
  ['Erik Larsen', new3],
];
const standby: Turns = [
  ['Erik Larsen', new3],
  ['Clara Novak', new1],
];

function ceremony(custodians: TestCase['custodians'], faults: readonly string[] = []): TestCase {
  return {
    name: 'ceremony',
    variants: {},
    parameters: {},
    secrets: {},
    faults: [...faults],
    answers: 'auto',
    custodians,
    then: {},
    result: 'success',
    steps: {},
  };
}

/** Goes through the run, and tries what must be refused as soon as the first custodian is done. */
async function hold(desk: Desk, run: Run, one: TestCase) {
  const scripted = testPerson(desk.client, run.runId, one);
  const refused: Record<string, Failure> = {};
  const person: TestPerson = {
    ...scripted,
    problems: scripted.problems,
    wantsRollback: false,
    async move(view, state, command, message) {
      if (view.step.id === 'give-old' && view.turns?.at(-1)?.state === 'passed' && view.turns.length === 1) {
        for (const [what, name] of [
          ['twice', 'Clara Novak'],
          ['twice in other letters', ' clara  NOVAK '],
          ['operator', 'Alice Meyer'],
        ] as const) {
          const seen = command?.sha256 ?? '';
          const sent = await run.intent({ kind: 'custodian', step: 'give-old', name, seen });
          if (!sent.ok) refused[what] = sent.error;
        }
        const early = await run.intent({ kind: 'probe', step: 'give-old' });
        if (!early.ok) refused['probe too early'] = early.error;
      }
      return scripted.move(view, state, command, message);
    },
  };
  const state = must(await driveRun(desk.client, run.runId, person));
  await run.until('ended', ({ end }) => end !== null);
  return { state, refused, problems: scripted.problems };
}

async function* filesUnder(dir: string): AsyncGenerator<string> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}

/** Every form in which a terminal, a journal or an archive could have kept it. */
function formsOf(secret: string): readonly Buffer[] {
  const plain = Buffer.from(secret);
  return [
    plain,
    Buffer.from(secret, 'utf16le'),
    Buffer.from(plain.toString('hex')),
    ...[0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64');
      return Buffer.from(text.slice(4, -4));
    }),
    // Key by key, as an event each.
    Buffer.from(secret.split('').join('","')),
  ];
}

async function placesOf(secrets: readonly string[], dir: string): Promise<readonly string[]> {
  const forms = secrets.flatMap((secret) => formsOf(secret));
  const found: string[] = [];
  for await (const file of filesUnder(dir)) {
    const content = await readFile(file);
    if (forms.some((form) => content.includes(form))) found.push(file);
  }
  return found;
}

/** One report of the run, as text. */
async function report(desk: Desk, run: Run, format: 'html' | 'markdown' | 'json'): Promise<string> {
  const of = { kind: 'run', runId: run.runId } as const;
  const made = must(await desk.client.call('evidence.report', { of, format }));
  return Buffer.from(made.base64, 'base64').toString('utf8');
}

/** The script with what the record says: step, activity, initials, time; each turn with the custodian's own. */
async function scriptIsFilledIn(desk: Desk, run: Run): Promise<void> {
  const { script } = JSON.parse(await report(desk, run, 'json')) as Report;
  const rows = script?.phases.flatMap((phase) => phase.rows) ?? [];
  expect(rows.map(({ id }) => id)).toEqual(run.state().steps.map(({ step }) => step.id));
  const turns = rows.find(({ id }) => id === 'give-old')?.entries ?? [];
  expect(turns.map(({ initials, said }) => `${initials ?? ''} ${said}`)).toEqual([
    'CN passed',
    'EL did not pass',
    'DB passed',
    'AM seen by the probe: enough have passed',
  ]);
  const { records } = must(await desk.client.call('run.open', { runId: run.runId }));
  const ended = records.filter(({ type }) => type === 'custodian.turn').slice(0, 3);
  expect(turns.slice(0, 3).map(({ at }) => at)).toEqual(ended.map(({ t }) => t));
  const hold = rows.find(({ id }) => id === 'no-return')?.entries ?? [];
  expect(hold.map(({ role }) => role)).toEqual(['verifier', 'witness']);
  expect(script?.exceptions.filter(({ kind }) => kind === 'failure').map(({ initials }) => initials)).toEqual(
    ['EL'],
  );
  for (const { entries, title } of rows) expect(entries.length, title).toBeGreaterThan(0);

  const time = (at: string | undefined) => `${at?.slice(0, 10) ?? ''} ${at?.slice(11, 19) ?? ''}`;
  const markdown = await report(desk, run, 'markdown');
  expect(markdown).toContain('| Step | Activity | Initials | Time (UTC) |');
  expect(markdown).toContain(`|   | Daniel Braun, custodian: passed | DB | ${time(turns[2]?.at)} |`);
  const html = await report(desk, run, 'html');
  expect(html).toContain('<th>Step</th><th>Activity</th><th>Initials</th><th>Time (UTC)</th>');
  expect(html).toContain('Signatures on the printed copy');
}

describe('the ceremony of the master key', () => {
  test('takes two of three, refuses a third share that is wrong and the same person twice, and keeps nothing', async () => {
    const desk = await openDesk({});
    const run = await desk.start(CEREMONY);
    const { state, refused, problems } = await hold(
      desk,
      run,
      ceremony({ 'give-old': giveOld, deal, standby }),
    );
    expect(problems).toEqual([]);
    expect(state.end?.result).toBe('success-with-deviations');

    expect(Object.keys(refused)).toEqual(['twice', 'twice in other letters', 'operator', 'probe too early']);
    expect(refused['twice']?.message).toContain('must be another person');
    expect(refused['operator']?.message).toContain('operator cannot be a custodian');

    const turns = run.step('give-old').turns?.map((turn) => [turn.name, turn.state]);
    expect(turns).toEqual([
      ['Clara Novak', 'passed'],
      ['Erik Larsen', 'failed'],
      ['Daniel Braun', 'passed'],
    ]);
    expect(run.step('deal').turns?.map(({ name }) => name)).toEqual(deal.map(([name]) => name));
    const ran = run.of('step.start').filter(({ d }) => d.purpose === 'custodian');
    expect(ran).toHaveLength(8);
    const attempts = new Set(ran.map(({ d }) => `${d.step} ${String(d.attempt)}`));
    const ends = run.of('step.end').filter(({ d }) => attempts.has(`${d.step} ${String(d.attempt)}`));
    expect(ends).toHaveLength(8);
    expect(ends.filter(({ d }) => d.stdout !== undefined)).toEqual([]);

    await proveRun(desk, run.runId);
    await scriptIsFilledIn(desk, run);
    const typed = [old1, old3, WRONG, new1, new2, new3];
    expect(await placesOf(typed, run.dir)).toEqual([]);
    // The search would find them: names of custodians are on record.
    expect(await placesOf(['Clara Novak'], run.dir)).not.toEqual([]);
    // Neither is there a trace in what the desk keeps beside the run; the simulated platform is no part of it.
    expect(await placesOf(typed, join(desk.home, 'config'))).toEqual([]);
    expect(await placesOf(typed, join(desk.home, 'data'))).toEqual([]);
  });

  test('a nonce of another re-key ends it with nothing counted, and the way back cancels it', async () => {
    const desk = await openDesk({});
    must(await desk.client.call('rehearsal.set-fault', { id: 'rekey-nonce-differs', on: true }));
    const run = await desk.start(CEREMONY);
    const { state } = await hold(desk, run, ceremony({ 'give-old': giveOld.slice(0, 1) }));
    expect(state.end?.result).toBe('aborted');
    expect(run.step('give-old').turns?.map((turn) => turn.state)).toEqual(['failed']);
    expect(run.step('end').status.state).toBe('waiting');
    const plan = must(await desk.client.call('run.rollback-plan', { runId: run.runId }));
    expect(JSON.stringify(plan)).toContain('mvctl master rekey cancel');
    expect(await placesOf([old1], run.dir)).toEqual([]);
  });
});
