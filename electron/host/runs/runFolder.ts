/** Names and places inside the folder of a run. The folder is the tree of the evidence bundle. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId, StepId, TargetName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { canonicalize, type Json } from '../../domain/evidence/jcs.ts';
import { syncFolder, writeDurably } from '../files/durable.ts';

/** A new run id: UTC time to the second and 24 random bits. */
export function newRunId(now: Date): RunId {
  const stamp = now
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  return `${stamp}-${randomBytes(3).toString('hex')}` as RunId;
}

export function runsFolder(data: string): string {
  return join(data, 'runs');
}

export function runFolder(data: string, runId: RunId): string {
  return join(runsFolder(data), runId);
}

/** Bytes of plan.json. */
export function planBytes(plan: Plan): string {
  return `${canonicalize(JSON.parse(JSON.stringify(plan)) as Json)}\n`;
}

/** Makes the folder of a new run with its plan and the exact bytes of its runbook. Rejects if it exists. */
export async function createRunFolder(dir: string, plan: string, runbook: Uint8Array): Promise<void> {
  await mkdir(dir, { mode: 0o700 });
  for (const sub of ['plan', 'recordings', 'outputs', 'hosts']) await mkdir(join(dir, sub), { mode: 0o700 });
  await writeDurably(join(dir, 'plan', 'runbook.yaml'), runbook);
  await writeDurably(join(dir, 'plan', 'plan.json'), plan);
  await syncFolder(dir);
}

export interface CommandFiles {
  readonly command: string;
  readonly wire: string;
  readonly recording: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Number of the next command of a run, from 1: never one whose files are there already, because the app may have gone
 * away between making the files and recording the start.
 */
export async function nextCommandNumber(dir: string, starts: number): Promise<number> {
  const names = (
    await Promise.all(['outputs', 'recordings'].map((folder) => readdir(join(dir, folder))))
  ).flat();
  const taken = names.map((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0));
  return Math.max(starts, ...taken) + 1;
}

/**
 * Files of the n-th command of a run (from 1), relative to its folder. On a group each member has its own, under the
 * same number.
 */
export function commandFiles(n: number, step: StepId, target: TargetName, member: boolean): CommandFiles {
  const base = commandBase(n, step, target, member);
  return {
    command: `outputs/${base}.cmd`,
    wire: `outputs/${base}.wire`,
    recording: `recordings/${member ? base : `${base}-${target}`}.cast`,
    stdout: `outputs/${base}.out`,
    stderr: `outputs/${base}.err`,
  };
}

/** `07-restart`, on a group `07-restart-web-01`. */
export function commandBase(n: number, step: StepId, target: TargetName, member: boolean): string {
  const base = `${String(n).padStart(2, '0')}-${step}`;
  return member ? `${base}-${target}` : base;
}

/** The next free name for a live-shell recording of a target. */
export async function nextShellRecording(dir: string, target: TargetName): Promise<string> {
  const taken = (await readdir(join(dir, 'recordings'))).filter((name) =>
    name.startsWith(`shell-${target}-`),
  );
  return `recordings/shell-${target}-${String(taken.length + 1).padStart(2, '0')}.cast`;
}
