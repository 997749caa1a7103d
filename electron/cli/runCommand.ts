/** `holdpoint run` and `holdpoint resume`: a run from the command line, to its sealed and signed bundle. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Arg } from '../contract/calls.ts';
import type { Settings } from '../contract/settings.ts';
import { RunbookId, RunId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { replay } from '../domain/run/evolve.ts';
import type { RunState } from '../domain/run/state.ts';
import { type Answers, NO_ANSWERS, readAnswers } from './answers.ts';
import { type Client, connectClient } from './client.ts';
import { compose } from './compose.ts';
import { driveRun, type Person } from './driver.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { interactivePerson } from './interactive.ts';
import type { Output } from './output.ts';
import { atKeyboard } from './keyboard.ts';
import { answerPrompts, question } from './promptAnswers.ts';
import { signHold } from './requestCommands.ts';
import { giveSecrets, readSecrets } from './secretCommands.ts';
import { scriptedPerson } from './scripted.ts';
import { typistOn } from './typist.ts';
import { type Placed, placeTargets, type TargetArguments } from './targets.ts';

export interface RunArguments extends TargetArguments {
  readonly rehearse: boolean;
  readonly answers?: string;
  /** Answers for the linked rollback: when a step fails, it is started. */
  readonly rollbackAnswers?: string;
  readonly parameters: readonly string[];
  /** `name=@FILE`, or `name` to be asked for. */
  readonly secrets: readonly string[];
  readonly faults: readonly string[];
  readonly hostKeys: readonly string[];
  readonly knownHosts: readonly string[];
  readonly identities: readonly string[];
  readonly engine?: Settings['sshEngine'];
  readonly sshConfig?: string;
  readonly out?: string;
}

interface Finished {
  readonly state: RunState;
  readonly runId: RunId;
}

/** Starts a runbook and drives it to its end. */
export async function runCommand(runbook: string, args: RunArguments, output: Output): Promise<ExitCode> {
  const id = RunbookId.safeParse(runbook);
  if (!id.success) return output.failure(fail('bad-request', `${runbook} is not the id of a runbook.`).error);
  const answers = args.answers === undefined ? ok(NO_ANSWERS) : await readAnswers(args.answers);
  if (!answers.ok) return output.failure(answers.error);
  const rollback = args.rollbackAnswers === undefined ? ok(null) : await readAnswers(args.rollbackAnswers);
  if (!rollback.ok) return output.failure(rollback.error);
  return withClient(args, output, async (client) => {
    const ready = await prepareDesk(client, answers.value, args);
    if (!ready.ok) return output.failure(ready.error);
    const started = await startRun(client, id.data, answers.value, args);
    if (!started.ok) return output.failure(started.error);
    const first = await drive(client, started.value, answers.value, args, output);
    if (typeof first === 'number') return first;
    if (first.state.end === null && rollback.value !== null) {
      return rollBack(client, first, rollback.value, args, output);
    }
    return conclude(client, first, args, output);
  });
}

/** Takes an interrupted run up again. */
export async function resumeCommand(runId: string, args: RunArguments, output: Output): Promise<ExitCode> {
  const id = RunId.safeParse(runId);
  if (!id.success) return output.failure(fail('bad-request', `${runId} is not the id of a run.`).error);
  const answers = args.answers === undefined ? ok(NO_ANSWERS) : await readAnswers(args.answers);
  if (!answers.ok) return output.failure(answers.error);
  return withClient(args, output, async (client) => {
    const resumed = await client.call('run.resume', { runId: id.data });
    if (!resumed.ok) return output.failure(resumed.error);
    const given = await giveSecrets(client, id.data, args.secrets);
    if (!given.ok) return output.failure(given.error);
    const done = await drive(client, id.data, answers.value, args, output);
    return typeof done === 'number' ? done : conclude(client, done, args, output);
  });
}

export async function withClient(
  args: RunArguments,
  output: Output,
  work: (client: Client) => Promise<ExitCode>,
): Promise<ExitCode> {
  const composed = await compose(output, {
    ...(args.knownHosts.length === 0 ? {} : { knownHosts: args.knownHosts.map((file) => resolve(file)) }),
    ...(args.engine === undefined ? {} : { sshEngine: args.engine }),
    ...(args.sshConfig === undefined ? {} : { sshConfig: args.sshConfig }),
    ...(args.identities.length === 0 ? {} : { identityFiles: args.identities.map((file) => resolve(file)) }),
  });
  if (!composed.ok) return output.failure(composed.error);
  const client = connectClient(composed.value.host);
  const interactive = args.answers === undefined && process.stdin.isTTY;
  const stop = answerPrompts(client, { hostKeys: args.hostKeys, interactive }, output);
  try {
    return await work(client);
  } finally {
    stop();
    client.close();
    await composed.value.host.close();
  }
}

export async function prepareDesk(
  client: Client,
  answers: Answers,
  args: RunArguments,
): Promise<Result<null>> {
  if (answers.operator !== undefined) {
    const { name, principal } = answers.operator;
    const set = await client.call('desk.update-settings', {
      operatorName: name,
      operatorPrincipal: principal,
    });
    if (!set.ok) return set;
  }
  if (args.faults.length > 0 && !args.rehearse)
    return fail('bad-request', 'Faults can be switched on in a rehearsal only.');
  for (const id of args.faults) {
    const set = await client.call('rehearsal.set-fault', { id, on: true });
    if (!set.ok) return set;
  }
  return ok(null);
}

/** What the run would be started with, from the command line, the answers and the runbook's own defaults. */
export async function startRequest(
  client: Client,
  id: RunbookId,
  answers: Answers,
  args: RunArguments,
  origin?: RunId,
): Promise<Result<Arg<'start.run'>>> {
  const from = origin === undefined ? {} : { origin };
  const entry = await client.call('library.get', { id, rehearsal: args.rehearse, ...from });
  if (!entry.ok) return entry;
  const draft = await client.call('start.draft', { runbook: id, rehearsal: args.rehearse, ...from });
  if (!draft.ok) return draft;
  const groups = entry.value.runbook.targets.filter((target) => target.group === true);
  const placed = await placeTargets(
    args,
    new Set<string>(groups.map((target) => target.name)),
    { targets: draft.value.targets, groups: draft.value.groups ?? {} },
    async (text) => {
      const route = await client.call('connect.route', { text });
      if (!route.ok) return route;
      const host = route.value.hops.at(-1);
      return host === undefined ? fail('internal', `No way to ${text} was found.`) : ok(host);
    },
  );
  if (!placed.ok) return placed;
  const given = parseParameters(args.parameters);
  if (!given.ok) return given;
  const secrets = await readSecrets(args.secrets);
  if (!secrets.ok) return secrets;
  return ok({
    runbook: id,
    sha256: entry.value.sha256,
    rehearsal: args.rehearse,
    parameters: { ...draft.value.parameters, ...answers.parameters, ...given.value },
    variants: { ...draft.value.variants, ...answers.variants },
    targets: placed.value.targets,
    ...(groups.length === 0 ? {} : { groups: mutable(placed.value.groups) }),
    change: answers.change ?? { ticket: '', reason: '' },
    ...(args.secrets.length === 0 ? {} : { secrets: secrets.value }),
    ...from,
  });
}

async function startRun(
  client: Client,
  id: RunbookId,
  answers: Answers,
  args: RunArguments,
  origin?: RunId,
): Promise<Result<RunId>> {
  const request = await startRequest(client, id, answers, args, origin);
  if (!request.ok) return request;
  const started = await client.call('start.run', request.value);
  return started.ok ? ok(started.value.runId) : started;
}

function mutable(groups: Placed['groups']): NonNullable<Arg<'start.run'>['groups']> {
  return Object.fromEntries(Object.entries(groups).map(([name, members]) => [name, [...members]]));
}

function parseParameters(given: readonly string[]): Result<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) return fail('bad-request', `--param ${text}: write it as name=value.`);
    entries.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return ok(Object.fromEntries(entries));
}

export async function drive(
  client: Client,
  runId: RunId,
  answers: Answers,
  args: RunArguments,
  output: Output,
): Promise<Finished | ExitCode> {
  output.note(`run ${runId}${args.rehearse ? '  REHEARSAL' : ''}`);
  const atFailure = args.rollbackAnswers === undefined ? 'abort' : 'leave';
  const person: Person =
    args.answers === undefined
      ? interactivePerson(client, output)
      : scriptedPerson(
          answers,
          output,
          atFailure,
          (id, view, role, key) =>
            signHold(client, { kind: 'hold', runId: id, step: view.step.id, role }, key),
          typistOn(client),
        );
  const driven = await driveRun(client, runId, person);
  if (!driven.ok) {
    output.note(`The run is kept. Take it up again with: holdpoint resume ${runId}`);
    return output.failure(driven.error);
  }
  return { state: driven.value, runId };
}

/** Hands the evidence of an ended run over and says what came of it. */
export async function conclude(
  client: Client,
  run: Finished,
  args: RunArguments,
  output: Output,
): Promise<ExitCode> {
  const { runId, state } = run;
  if (state.end === null) {
    output.note(`Left open. Take it up again with: holdpoint resume ${runId}`);
    return EXIT.findings;
  }
  const signed = await signOperator(client, runId, args);
  if (!signed.ok) {
    output.note(`The bundle is sealed by this desk but not signed by the operator: ${signed.error.message}`);
    output.note('Sign it in the app, then export it again.');
  }
  const exported = await exportTo(client, runId, args.out);
  if (!exported.ok) return output.failure(exported.error);
  const { result } = state.end;
  output.line(`${runId}  ${result}${exported.value === null ? '' : `  ${exported.value}`}`);
  output.data({ runId, result, bundle: exported.value, rehearsal: args.rehearse, signed: signed.ok });
  return result.startsWith('success') && signed.ok ? EXIT.ok : EXIT.findings;
}

/** Signs with the operator's key; a person at the terminal is asked for its passphrase where it has one. */
async function signOperator(client: Client, runId: RunId, args: RunArguments): Promise<Result<unknown>> {
  const first = await client.call('evidence.sign', { runId });
  const askable = args.answers === undefined && process.stdin.isTTY;
  if (first.ok || first.error.code !== 'auth' || !askable) return first;
  const passphrase = await atKeyboard(() => question(`${first.error.message}. Passphrase: `, false));
  if (passphrase === null) return first;
  return client.call('evidence.sign', { runId, passphrase });
}

/** Writes the bundle to the named folder and answers its path; null when none was named. */
async function exportTo(
  client: Client,
  runId: RunId,
  out: string | undefined,
): Promise<Result<string | null>> {
  if (out === undefined) return ok(null);
  const directory = resolve(out);
  await mkdir(directory, { recursive: true });
  const exported = await client.call('evidence.export', { runId, directory });
  return exported.ok ? ok(exported.value.path) : exported;
}

/** The rollback that is made from what the run has done, where its runbook names none. */
async function madeRollback(client: Client, runId: RunId): Promise<RunbookId | undefined> {
  const plan = await client.call('run.rollback-plan', { runId });
  return plan.ok ? plan.value.runbook : undefined;
}

/** Starts the linked rollback of a run that was left at a failure; that run ends with it. Answers the failed run's code. */
async function rollBack(
  client: Client,
  failed: Finished,
  answers: Answers,
  args: RunArguments,
  output: Output,
): Promise<ExitCode> {
  const linked = failed.state.runbook.rollback ?? (await madeRollback(client, failed.runId));
  if (linked === undefined) return conclude(client, failed, args, output);
  const started = await startRun(client, linked, answers, args, failed.runId);
  if (!started.ok) return output.failure(started.error);
  const ended = await client.call('run.intent', {
    runId: failed.runId,
    intent: { kind: 'start-rollback', runbook: linked, runId: started.value },
  });
  if (!ended.ok) return output.failure(ended.error);
  const first = await client.call('run.open', { runId: failed.runId });
  if (!first.ok) return output.failure(first.error);
  await conclude(
    client,
    { ...failed, state: replay(first.value.runbook, first.value.records) },
    args,
    output,
  );
  const done = await drive(client, started.value, answers, args, output);
  if (typeof done === 'number') return done;
  await conclude(client, done, args, output);
  return EXIT.findings;
}
