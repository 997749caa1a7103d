/**
 * Walks a shipped runbook over the rehearsal platform with the app's own rules (rendering, conditions, expectations,
 * captures) and a plain SSH client. People's steps are passed over.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from 'ssh2';
import type { Probe, Runbook } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { pickCaptures } from '../../../electron/domain/runbook/capture.ts';
import { evaluateCondition } from '../../../electron/domain/runbook/condition.ts';
import { evaluate, type Observation } from '../../../electron/domain/runbook/expectation.ts';
import { checkParameters } from '../../../electron/domain/runbook/parameters.ts';
import { linkRunbook, type Linked } from '../../../electron/domain/runbook/link/link.ts';
import { referenceValue } from '../../../electron/domain/reference/lookUp.ts';
import { readShelf } from '../../../electron/host/library/shelf.ts';
import { renderCommand } from '../../../electron/domain/runbook/template.ts';
import { exec } from './client.ts';

const folder = fileURLToPath(new URL('../../../runbooks/', import.meta.url));
const overlay = fileURLToPath(
  new URL('../../../assets/rehearsal/overlay/rehearsal.overlay.yaml', import.meta.url),
);

/** The shipped runbook with those that it calls and the overlay of the rehearsal. */
export async function linkShipped(id: string): Promise<Linked> {
  const name = `${id}.runbook.yaml`;
  const shelf = await readShelf({ runbooks: [folder], overlays: [], rehearsal: [] });
  const text = await readFile(overlay, 'utf8');
  return linkRunbook(await readFile(`${folder}${name}`, 'utf8'), name, {
    called: (other) => shelf.runbooks.get(other),
    known: [...shelf.runbooks.keys()],
    overlays: [{ text, file: overlay, sha256: createHash('sha256').update(text).digest('hex') }],
    reference: (path) => referenceValue(shelf.pages, path),
  });
}

export async function readRunbook(id: string): Promise<Runbook> {
  const { runbook, diagnostics } = await linkShipped(id);
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
  /** What people said at the attestations that are passed over, by the name of its capture. */
  readonly attested?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly variants?: Readonly<Record<string, string>>;
  /** Stops before this step. */
  readonly before?: string;
  /** What the probe of a step says before it is run, and after; null when it cannot be asked yet. */
  readonly probed?: (id: string, before: boolean | null, after: boolean) => void;
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
  const values: Record<string, string> = { ...param, ...options.attested };
  const captures: Record<string, string> = { ...options.attested };
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
    const probe = options.probed !== undefined && step.kind === 'run' ? step.probe : undefined;
    const before = probe === undefined ? null : await holds(client, probe, values);
    const seen = await attempt(client, step, values);
    if (seen.problems.length > 0)
      return { passed, notApplicable, failed: { id: step.id, seen: seen.problems }, values };
    const picked = pickCaptures(step.capture, seen.observation);
    if (!picked.ok) return { passed, notApplicable, failed: { id: step.id, seen: [picked.error] }, values };
    Object.assign(captures, picked.value);
    Object.assign(values, picked.value);
    passed.push(step.id);
    if (probe !== undefined) options.probed?.(step.id, before, (await holds(client, probe, values)) ?? false);
  }
  return { passed, notApplicable, values };
}

/** Null when a value of the probe is not known yet. */
async function holds(
  client: Client,
  probe: Probe,
  values: Readonly<Record<string, string>>,
): Promise<boolean | null> {
  if (!renderCommand(probe.run, values).ok) return null;
  return (await runOnce(client, probe, values)).problems.length === 0;
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
