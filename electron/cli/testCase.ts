/**
 * Runs one case of a runbook's test: a desk and a rehearsal host of its own, the run to its end, its evidence sealed,
 * signed and verified. What it leaves behind is removed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arg } from '../contract/calls.ts';
import type { RunbookId, RunId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { Diagnostic, Runbook } from '../contract/runbook.ts';
import type { Verdict } from '../contract/views.ts';
import { replay } from '../domain/run/evolve.ts';
import type { RunState } from '../domain/run/state.ts';
import { TESTER } from '../domain/testing/autoAnswer.ts';
import { identitiesOf } from '../domain/testing/identities.ts';
import { judgeCase, judgeEvidence } from '../domain/testing/judge.ts';
import {
  type Problem,
  type ReadTest,
  strangeNames,
  type TestCase,
  type TestFile,
} from '../domain/testing/testFile.ts';
import { createHost } from '../host/app.ts';
import { openConfSettings } from '../host/settings/confSettings.ts';
import { defaultSettings } from '../host/settings/defaults.ts';
import { createFileSecretBox } from '../host/settings/fileSecretBox.ts';
import { ensurePaths, resolvePaths } from '../host/settings/paths.ts';
import { type Client, connectClient } from './client.ts';
import { driveRun } from './driver.ts';
import { describeFailure } from './exit.ts';
import { testPerson } from './testPerson.ts';
import { BUILD, VERSION } from './version.ts';

/** A case that has not ended by then never will. */
const MOST_MS = 15 * 60_000;

export interface CaseToRun {
  readonly test: TestFile;
  /** From 0. */
  readonly n: number;
  readonly one: TestCase;
  readonly at: ReadTest['at'];
  /** Folder of the runbook, searched before those that ship with the app. */
  readonly runbooks: string;
  /** Folder that holds `runbooks` and `assets`. */
  readonly appDir: string;
  /** A folder of what the rehearsals of all cases share: see `RehearsalOptions`. */
  readonly prepared: string;
}

export interface CaseOutcome {
  /** How the run ended; absent when it did not, or never began. */
  readonly result?: string;
  readonly problems: readonly Diagnostic[];
}

/** Never rejects: what went wrong is a problem of the case. */
export async function runCase(it: CaseToRun): Promise<CaseOutcome> {
  const told = (problems: readonly Problem[]) =>
    problems.map(({ path, message }) =>
      it.at(it.n, path.length === 0 ? ['name'] : path, `${it.one.name}: ${message}`),
    );
  let home: string | undefined;
  try {
    home = await mkdtemp(join(tmpdir(), 'holdpoint-test-'));
    const done = await inTime(onDesk(it, home));
    return { problems: told(done.problems), ...(done.result === undefined ? {} : { result: done.result }) };
  } catch (error) {
    return { problems: told([problem(error instanceof Error ? error.message : String(error))]) };
  } finally {
    if (home !== undefined) await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Done {
  readonly result?: string;
  readonly problems: readonly Problem[];
}

function problem(message: string): Problem {
  return { path: [], message };
}

async function inTime(work: Promise<Done>): Promise<Done> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Done>((resolve) => {
    timer = setTimeout(() => {
      resolve({ problems: [problem(`it has not ended after ${String(MOST_MS / 60_000)} minutes`)] });
    }, MOST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function onDesk(it: CaseToRun, home: string): Promise<Done> {
  const resolved = resolvePaths({ HOLDPOINT_HOME: home }, process.platform, home, it.appDir);
  const paths = await ensurePaths({ ...resolved, runbooks: [it.runbooks, ...resolved.runbooks] });
  if (!paths.ok) return { problems: [problem(paths.error.message)] };
  const person = { user: 'olivia', hostname: 'example.com', timeZone: 'UTC', agentSocket: '' };
  const settings = await openConfSettings(paths.value.config, defaultSettings(person));
  const host = await createHost({
    shell: 'browser',
    version: VERSION,
    build: BUILD,
    appDir: it.appDir,
    paths: paths.value,
    settings: settings.store,
    secrets: createFileSecretBox(),
    notices: [],
    sshEngine: 'ssh2',
    sshConfig: 'none',
    prepared: it.prepared,
  });
  if (!host.ok) return { problems: [problem(host.error.message)] };
  const client = connectClient(host.value);
  try {
    return await rehearse(it, client);
  } finally {
    client.close();
    await host.value.close();
  }
}

async function rehearse(it: CaseToRun, client: Client): Promise<Done> {
  const { one, test } = it;
  const set = await client.call('desk.update-settings', {
    operatorName: TESTER.name,
    operatorPrincipal: TESTER.principal,
  });
  if (!set.ok) return refusal(set);
  const strange = await namesNobodyKnows(it, client);
  if (!strange.ok) return refusal(strange);
  if (strange.value.length > 0) return { problems: strange.value };
  for (const id of one.faults) {
    const on = await client.call('rehearsal.set-fault', { id, on: true });
    if (!on.ok) return refusal(on);
  }
  const started = await startCase(client, test.runbook, one);
  if (!started.ok) return refusal(started);
  const runId = started.value;
  const who = testPerson(client, runId, one);
  const driven = await driveRun(client, runId, who);
  if (!driven.ok && who.problems.length === 0) return refusal(driven);
  const after = driven.ok && who.wantsRollback ? await rollBack(client, driven.value, runId, one) : [];
  const seen = await seenOf(client, runId);
  if (!seen.ok) return refusal(seen);
  const { state, identities } = seen.value;
  const evidence = state.end === null ? ok(null) : await evidenceOf(client, runId);
  if (!evidence.ok) return refusal(evidence);
  const judged = judgeCase(one, state, evidence.value, identities);
  const result = state.end?.result;
  const problems = [...who.problems, ...after, ...judged];
  return { problems, ...(result === undefined ? {} : { result }) };
}

function refusal(failed: {
  readonly ok: false;
  readonly error: Parameters<typeof describeFailure>[0];
}): Done {
  return { problems: [problem(describeFailure(failed.error))] };
}

async function namesNobodyKnows(
  { test, one }: CaseToRun,
  client: Client,
): Promise<Result<readonly Problem[]>> {
  const entry = await client.call('library.get', { id: test.runbook, rehearsal: true });
  if (!entry.ok) return entry;
  const faults = await client.call('rehearsal.faults', {});
  if (!faults.ok) return faults;
  const known = faults.value.map(({ id }) => id);
  return ok(strangeNames(one, entry.value.runbook, known));
}

/** Starts a rehearsal with the defaults, the values of the case, and secrets that were made up. */
async function startCase(
  client: Client,
  runbook: RunbookId,
  one: TestCase,
  origin?: RunId,
): Promise<Result<RunId>> {
  const from = origin === undefined ? {} : { origin };
  const entry = await client.call('library.get', { id: runbook, rehearsal: true, ...from });
  if (!entry.ok) return entry;
  const draft = await client.call('start.draft', { runbook, rehearsal: true, ...from });
  if (!draft.ok) return draft;
  const { parameters, variants, targets, groups } = draft.value;
  const secrets = secretsOf(entry.value.runbook, one);
  const request: Arg<'start.run'> = {
    runbook,
    sha256: entry.value.sha256,
    rehearsal: true,
    parameters: { ...parameters, ...declared(entry.value.runbook.parameters, one.parameters) },
    variants: { ...variants, ...declared(entry.value.runbook.variants, one.variants) },
    targets: { ...targets },
    ...(groups === undefined
      ? {}
      : {
          groups: Object.fromEntries(Object.entries(groups).map(([name, members]) => [name, [...members]])),
        }),
    change: { ticket: 'CHG-TEST', reason: `Test of the runbook: ${one.name}` },
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    ...from,
  };
  const started = await client.call('start.run', request);
  return started.ok ? ok(started.value.runId) : started;
}

/** Of what the case gives, what this runbook has: a rollback has other parameters. */
function declared(known: readonly { readonly name: string }[], given: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(given).filter(([name]) => known.some((one) => one.name === name)));
}

function secretsOf({ parameters }: Runbook, one: TestCase): Record<string, string> {
  const wanted = parameters.filter(({ type, required }) => type.kind === 'secret' && required);
  const made = wanted.map(({ name }): [string, string] => [name, `rehearsal-${name}-5c1e9a7d`]);
  return { ...Object.fromEntries(made), ...declared(parameters, one.secrets) };
}

interface Seen {
  readonly state: RunState;
  readonly identities: ReturnType<typeof identitiesOf>;
}

async function seenOf(client: Client, runId: RunId): Promise<Result<Seen>> {
  const opened = await client.call('run.open', { runId });
  if (!opened.ok) return opened;
  const { runbook, records } = opened.value;
  return ok({ state: replay(runbook, records), identities: identitiesOf(records) });
}

/** Seals, signs and verifies. */
async function evidenceOf(client: Client, runId: RunId): Promise<Result<Verdict>> {
  const signed = await client.call('evidence.sign', { runId });
  return signed.ok ? ok(signed.value.verdict) : signed;
}

/** The rollback that the runbook links, or the one that is made from what was done. It has to end well itself. */
async function rollBack(
  client: Client,
  state: RunState,
  runId: RunId,
  one: TestCase,
): Promise<readonly Problem[]> {
  const linked = await rollbackOf(client, state, runId);
  if (!linked.ok) return refusal(linked).problems;
  const well: TestCase = { ...one, faults: [], then: {}, steps: {}, result: 'success' };
  const started = await startCase(client, linked.value, well, runId);
  if (!started.ok) return refusal(started).problems;
  const intent = { kind: 'start-rollback', runbook: linked.value, runId: started.value } as const;
  const ended = await client.call('run.intent', { runId, intent });
  if (!ended.ok) return refusal(ended).problems;
  const who = testPerson(client, started.value, well);
  const driven = await driveRun(client, started.value, who);
  if (!driven.ok) return [...who.problems, ...refusal(driven).problems];
  const evidence = await evidenceOf(client, started.value);
  const judged = evidence.ok ? judgeEvidence(evidence.value) : refusal(evidence).problems;
  const result = driven.value.end?.result ?? 'open';
  const open = result.startsWith('success') ? [] : judgeCase(well, driven.value, null).slice(0, 1);
  return [...who.problems, ...open, ...judged].map((one) => ({
    path: ['then'],
    message: `the rollback ${linked.value}: ${one.message}`,
  }));
}

async function rollbackOf(client: Client, { runbook }: RunState, runId: RunId): Promise<Result<RunbookId>> {
  if (runbook.rollback !== undefined) return ok(runbook.rollback);
  const plan = await client.call('run.rollback-plan', { runId });
  if (!plan.ok) return plan;
  return plan.value.runbook === undefined
    ? fail('refused', 'The runbook links no rollback, and nothing that was done has a way back.')
    : ok(plan.value.runbook);
}
