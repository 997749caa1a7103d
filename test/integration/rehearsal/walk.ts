/**
 * Walks a shipped runbook over the rehearsal platform with the app's own rules (rendering, conditions, expectations,
 * captures) and a plain SSH client. People's steps are passed over.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from 'ssh2';
import type { Probe, Runbook, Step } from '../../../electron/contract/runbook.ts';
import { pickCaptures } from '../../../electron/domain/runbook/capture.ts';
import { evaluateCondition } from '../../../electron/domain/runbook/condition.ts';
import { evaluate, type Observation } from '../../../electron/domain/runbook/expectation.ts';
import { checkParameters } from '../../../electron/domain/runbook/parameters.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';
import { renderCommand } from '../../../electron/domain/runbook/template.ts';
import { exec } from './client.ts';

const folder = fileURLToPath(new URL('../../../runbooks/', import.meta.url));

export async function readRunbook(id: string): Promise<Runbook> {
  const name = `${id}.runbook.yaml`;
  const { runbook, diagnostics } = parseRunbook(await readFile(`${folder}${name}`, 'utf8'), name);
  if (runbook === null) throw new Error(JSON.stringify(diagnostics));
  return runbook;
}

export interface Walk {
  /** Ids of the steps whose command was sent and held. */
  readonly passed: readonly string[];
  /** Ids of the steps whose condition was false. */
  readonly notApplicable: readonly string[];
  /** The step that did not hold, with what was seen. */
  readonly failed?: { readonly id: string; readonly seen: readonly string[] };
  /** Parameters and captures by name. */
  readonly values: Readonly<Record<string, string>>;
}

export interface WalkOptions {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly variants?: Readonly<Record<string, string>>;
  /** Stops before this step. */
  readonly before?: string;
}

type Commanded = Pick<Probe, 'run' | 'expect'>;

/** Runs one command and judges it. A terminal is used where the step asks for one. */
export async function runOnce(
  client: Client,
  it: Commanded,
  values: Readonly<Record<string, string>>,
  terminal = false,
): Promise<{ readonly problems: readonly string[]; readonly observation: Observation }> {
  const rendered = renderCommand(it.run, values);
  if (!rendered.ok) throw new Error(rendered.error.message);
  const ended = await exec(client, rendered.value.text, terminal ? { pty: { cols: 120, rows: 40 } } : {});
  const observation: Observation = {
    end:
      ended.code !== null
        ? { how: 'exit', code: ended.code }
        : { how: 'lost', why: ended.signal ?? 'the channel closed without an exit status' },
    stdout: ended.stdout.toString(),
    stderr: ended.stderr,
    truncated: false,
  };
  const checks = evaluate(it.expect, observation, values, new Date());
  const problems = checks.filter((check) => !check.ok).map((check) => JSON.stringify(check));
  return { problems: problems.length > 0 ? [...problems, ended.stderr] : [], observation };
}

/** Walks all phases until a step does not hold. Observations are tried twice, a moment apart. */
export async function walk(client: Client, runbook: Runbook, options: WalkOptions = {}): Promise<Walk> {
  const checked = checkParameters(runbook, {
    parameters: options.parameters ?? {},
    variants: options.variants ?? {},
  });
  if (checked.problems.length > 0) throw new Error(JSON.stringify(checked.problems));
  const param = Object.fromEntries(checked.values);
  const values: Record<string, string> = { ...param };
  const captures: Record<string, string> = {};
  const passed: string[] = [];
  const notApplicable: string[] = [];
  for (const target of runbook.targets) {
    for (const proof of target.identity) {
      const { problems } = await runOnce(client, proof, values);
      if (problems.length > 0)
        return { passed, notApplicable, failed: { id: proof.title, seen: problems }, values };
    }
  }
  for (const step of runbook.phases.flatMap((phase) => phase.steps)) {
    if (step.id === options.before) break;
    if (!applies(step, param, captures)) {
      notApplicable.push(step.id);
      continue;
    }
    if (step.kind !== 'run' && step.kind !== 'observe') continue;
    const seen = await attempt(client, step, values);
    if (seen.problems.length > 0)
      return { passed, notApplicable, failed: { id: step.id, seen: seen.problems }, values };
    const picked = pickCaptures(step.capture, seen.observation);
    if (!picked.ok) return { passed, notApplicable, failed: { id: step.id, seen: [picked.error] }, values };
    Object.assign(captures, picked.value);
    Object.assign(values, picked.value);
    passed.push(step.id);
  }
  return { passed, notApplicable, values };
}

function applies(step: Step, param: Record<string, string>, capture: Record<string, string>): boolean {
  if (step.when === undefined) return true;
  const result = evaluateCondition(step.when, { param, capture, variant: param, choice: {}, step: {} });
  if (!result.ok) throw new Error(`${step.id}: ${result.error}`);
  return result.value;
}

async function attempt(
  client: Client,
  step: Extract<Step, { kind: 'run' | 'observe' }>,
  values: Readonly<Record<string, string>>,
): ReturnType<typeof runOnce> {
  const first = await runOnce(client, step, values, step.kind === 'run' && step.mode === 'pty');
  if (step.kind === 'run' || first.problems.length === 0) return first;
  await new Promise((resolve) => setTimeout(resolve, 2500));
  return runOnce(client, step, values);
}
