/** A run step from the file to the model: how it is sent, to one host or over a group, and how it may be settled. */
import type { Probe, Undo } from '../../contract/runbook.ts';
import type { FanOut, RunStep } from '../../contract/steps.ts';
import type { Authoring } from './authoring.ts';
import {
  buildEvidence,
  common,
  type Defaults,
  type InputOf,
  PROBE_TIMEOUT_MS,
  RUN_TIMEOUT_MS,
  titleFrom,
} from './buildCommon.ts';
import { buildCaptures, buildExpect, duration } from './buildExpect.ts';
import { compact } from './compact.ts';
import type { Path } from './yamlSource.ts';

/** Hosts of a group at a time, when nothing is said. */
const DEFAULT_LIMIT = 10;

/** Null when it has no target. */
export function buildRun(a: Authoring, step: InputOf<'run'>, path: Path, defaults: Defaults): RunStep | null {
  const on = a.target(step.on, path);
  const group = on !== null && a.groups.has(on);
  const mode = step.mode ?? (group ? 'exec' : 'pty');
  const streams = mode === 'exec' ? 'exec' : 'pty';
  if (step.risk === undefined) {
    a.error('risk.missing', path, 'The risk of this command is not stated.', {
      hint: 'add "risk:" read, reversible, disruptive or irreversible',
    });
  }
  const rerun = step.rerun ?? (step.risk === 'read' ? 'safe' : 'never');
  if (rerun === 'check-first' && step.probe === undefined) {
    a.error('rerun.probe-missing', [...path, 'rerun'], '"check-first" needs a probe to check with.', {
      hint: 'add "probe:" with a read-only command and what it must show',
    });
  }
  if (group && step.capture !== undefined) {
    a.error(
      'group.capture',
      [...path, 'capture'],
      'A step on a group cannot capture: each host has its own value.',
      {
        key: true,
        hint: 'capture it in a step on one host; the output of every host is on record',
      },
    );
  }
  const run = a.command(step.run, [...path, 'run']);
  const stdin = buildStdin(a, step, mode, path);
  const built = {
    ...common(a, step, path, defaults),
    kind: 'run' as const,
    run,
    mode,
    detacher: detacher(a, step, mode, path),
    fanOut: on === null ? undefined : fanOut(a, step, on, path),
    expect: buildExpect(a, step.expect, path, streams),
    timeoutMs: step.timeout === undefined ? RUN_TIMEOUT_MS : duration(a, step.timeout, [...path, 'timeout']),
    silenceMs: step.silence === undefined ? undefined : duration(a, step.silence, [...path, 'silence']),
    stdin,
    evidence: buildEvidence(a, step, path),
    rerun,
    probe:
      step.probe === undefined || on === null
        ? undefined
        : (buildProbe(a, step.probe, on, [...path, 'probe']) ?? undefined),
    capture: buildCaptures(a, step.capture, path, streams),
    confirm: step.confirm === undefined ? undefined : a.text(step.confirm.type, [...path, 'confirm', 'type']),
    dryRun: buildDryRun(a, step['dry-run'], group, [...path, 'dry-run']),
  };
  if (on === null) return null;
  return compact({ ...built, on, undo: buildUndo(a, step, on, [...path, 'rollback']) });
}

/** What the command gets on its standard input. With a terminal nobody could tell it from what a person types. */
function buildStdin(a: Authoring, step: InputOf<'run'>, mode: RunStep['mode'], path: Path): RunStep['stdin'] {
  if (step.stdin === undefined) return undefined;
  if (mode !== 'exec') {
    a.error(
      'stdin.mode',
      [...path, 'stdin'],
      `With mode ${mode} a command has a terminal, and no other input.`,
      {
        key: true,
        hint: 'add "mode: exec"',
      },
    );
  }
  return a.input(step.stdin, [...path, 'stdin']);
}

/** A probe, on the step's own target `on` unless it names another. Null when it has no target. */
export function buildProbe(
  a: Authoring,
  probe: NonNullable<InputOf<'run'>['probe']>,
  on: RunStep['on'],
  path: Path,
): Probe | null {
  const target = probe.on === undefined ? on : a.target(probe.on, path);
  if (target !== null && target !== on && (a.groups.has(on) || a.groups.has(target))) {
    const [message, hint] = a.groups.has(on)
      ? ['A step on a group is probed on each of its hosts.', 'leave "on" out']
      : [
          'One host settles this step, and the target of its probe is a group.',
          'name a target that is one host',
        ];
    a.error('group.probe', [...path, 'on'], message, { hint });
  }
  const run = a.command(probe.run, [...path, 'run']);
  const expect = buildExpect(a, probe.expect, path, 'exec');
  const timeoutMs =
    probe.timeout === undefined ? PROBE_TIMEOUT_MS : duration(a, probe.timeout, [...path, 'timeout']);
  return target === null ? null : { on: target, run, expect, timeoutMs };
}

type TwinInput = Exclude<InputOf<'run'>['dry-run'], string | undefined>;

/** A command of its own beside the step's. */
function buildTwin(a: Authoring, twin: TwinInput, path: Path) {
  return {
    run: a.command(twin.run, [...path, 'run']),
    expect: buildExpect(a, twin.expect ?? { exit: 0 }, path, 'exec'),
    timeoutMs: twin.timeout === undefined ? RUN_TIMEOUT_MS : duration(a, twin.timeout, [...path, 'timeout']),
  };
}

function buildDryRun(
  a: Authoring,
  dryRun: InputOf<'run'>['dry-run'],
  group: boolean,
  path: Path,
): RunStep['dryRun'] {
  if (dryRun === undefined) return undefined;
  if (group) {
    a.error('group.dry-run', path, 'A step on a group has no twin.', {
      key: true,
      hint: 'make it a step of its own',
    });
  }
  if (typeof dryRun !== 'string') return buildTwin(a, dryRun, path);
  return {
    run: a.command(dryRun, path),
    expect: buildExpect(a, { exit: 0 }, path, 'exec'),
    timeoutMs: RUN_TIMEOUT_MS,
  };
}

/** What takes the step back, later, in a run of its own. Its values are those of the run that was given up. */
function buildUndo(a: Authoring, step: InputOf<'run'>, on: RunStep['on'], path: Path): Undo | undefined {
  const undo = step.rollback;
  if (undo === undefined) return undefined;
  if (typeof undo === 'string') return { kind: 'runbook', runbook: undo };
  // It is sent after the step: what the step itself has found out is known then. Built last, so it changes nothing else.
  a.stepsDone.add(step.id);
  const target = undo.on === undefined ? on : a.target(undo.on, path);
  const title = undo.title ?? `Take back: ${step.title ?? titleFrom(step.id)}`;
  const built = { kind: 'command' as const, title, risk: undo.risk, ...buildTwin(a, undo, path) };
  return target === null ? undefined : { ...built, on: target };
}

function detacher(
  a: Authoring,
  step: InputOf<'run'>,
  mode: RunStep['mode'],
  path: Path,
): RunStep['detacher'] {
  if (mode === 'detached') return step.detach?.with ?? 'shell';
  if (step.detach !== undefined) {
    a.error('detach.mode', [...path, 'detach'], 'This command is not detached.', {
      key: true,
      hint: 'add "mode: detached", or remove "detach"',
    });
  }
  return undefined;
}

/** How the step goes over its group; undefined on one host. */
function fanOut(a: Authoring, step: InputOf<'run'>, on: RunStep['on'], path: Path): FanOut | undefined {
  const { across } = step;
  if (!a.groups.has(on)) {
    if (across === undefined) return undefined;
    a.error('across.no-group', [...path, 'across'], `"${on}" is one host.`, {
      key: true,
      hint: `add "group: true" to the target "${on}", or remove "across"`,
    });
    return undefined;
  }
  const order = across?.order ?? 'serial';
  const limit = across?.limit;
  if (order === 'serial' && limit !== undefined && limit !== 1) {
    a.error('across.limit', [...path, 'across', 'limit'], 'Serial means one host at a time.', {
      hint: 'use "order: canary" or "order: parallel", or remove "limit"',
    });
  }
  return {
    order,
    limit: order === 'serial' ? 1 : (limit ?? DEFAULT_LIMIT),
    onFailure: across?.['on-failure'] ?? 'stop',
  };
}
