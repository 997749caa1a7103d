/** `holdpoint plan`: plans that wait for approval. */
import { RunbookId, RunId } from '../contract/ids.ts';
import type { PreparedPlan } from '../contract/people.ts';
import { fail, ok } from '../contract/result.ts';
import { NO_ANSWERS, readAnswers } from './answers.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { conclude, drive, prepareDesk, type RunArguments, startRequest, withClient } from './runCommand.ts';
import { readSecrets } from './secretCommands.ts';

/** `prepare RUNBOOK`, `list`, `discard RUN` and `start RUN`; null when it is none of them. */
export function planCommand(
  [verb, subject, more]: readonly string[],
  args: RunArguments,
  output: Output,
): Promise<ExitCode> | null {
  if (more !== undefined) return null;
  if (verb === 'list' && subject === undefined) return listPlans(args, output);
  if (subject === undefined) return null;
  if (verb === 'prepare') return preparePlan(subject, args, output);
  if (verb === 'discard') return discardPlan(subject, args, output);
  return verb === 'start' ? startPlan(subject, args, output) : null;
}

async function preparePlan(runbook: string, args: RunArguments, output: Output): Promise<ExitCode> {
  const id = RunbookId.safeParse(runbook);
  if (!id.success) return output.failure(fail('bad-request', `${runbook} is not the id of a runbook.`).error);
  const answers = args.answers === undefined ? ok(NO_ANSWERS) : await readAnswers(args.answers);
  if (!answers.ok) return output.failure(answers.error);
  return withClient(args, output, async (client) => {
    const ready = await prepareDesk(client, answers.value, args);
    if (!ready.ok) return output.failure(ready.error);
    const request = await startRequest(client, id.data, answers.value, args);
    if (!request.ok) return output.failure(request.error);
    const prepared = await client.call('plan.prepare', request.value);
    if (!prepared.ok) return output.failure(prepared.error);
    output.line(lineOf(prepared.value));
    output.note(`Have it approved: holdpoint request approval ${prepared.value.runId} --out FILE`);
    output.data(prepared.value);
    return EXIT.ok;
  });
}

function listPlans(args: RunArguments, output: Output): Promise<ExitCode> {
  return withClient(args, output, async (client) => {
    const plans = await client.call('plan.list', {});
    if (!plans.ok) return output.failure(plans.error);
    for (const plan of plans.value) {
      output.line(lineOf(plan));
      for (const { principal, fingerprint } of plan.approvals)
        output.line(`    ${principal}  ${fingerprint}`);
    }
    output.data(plans.value);
    return EXIT.ok;
  });
}

function lineOf(plan: PreparedPlan): string {
  const given = `${String(plan.approvals.length)} of ${String(plan.needed)} approvals`;
  return `${plan.runId}  ${plan.state}  ${given}  until ${plan.expiresAt}  ${plan.title}  ${plan.ticket}`.trimEnd();
}

async function discardPlan(run: string, args: RunArguments, output: Output): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a plan.`).error);
  return withClient(args, output, async (client) => {
    const gone = await client.call('plan.discard', { runId: runId.data });
    return gone.ok ? EXIT.ok : output.failure(gone.error);
  });
}

/** Starts an approved plan and drives the run to its end, as `holdpoint run` does. */
async function startPlan(run: string, args: RunArguments, output: Output): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a plan.`).error);
  const answers = args.answers === undefined ? ok(NO_ANSWERS) : await readAnswers(args.answers);
  if (!answers.ok) return output.failure(answers.error);
  const secrets = await readSecrets(args.secrets);
  if (!secrets.ok) return output.failure(secrets.error);
  return withClient(args, output, async (client) => {
    const given = args.secrets.length === 0 ? {} : { secrets: secrets.value };
    const started = await client.call('plan.start', { runId: runId.data, ...given });
    if (!started.ok) return output.failure(started.error);
    const done = await drive(client, started.value.runId, answers.value, args, output);
    return typeof done === 'number' ? done : conclude(client, done, args, output);
  });
}
