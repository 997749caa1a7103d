/** Folds what is known of hosts: connections, identity, keys that were replaced. Total, like evolve.ts. */
import type { TargetName } from '../../contract/ids.ts';
import type { RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { RunState, TargetView } from './state.ts';

type TargetRecord =
  | RecordOf<'host.connect'>
  | RecordOf<'host.identity'>
  | RecordOf<'host.key-replaced'>
  | RecordOf<'net.lost'>
  | RecordOf<'shell.observed'>;

/** The targets a runbook declares, before anything is known of them. */
export function declaredTargets(runbook: Runbook): RunState['targets'] {
  return Object.fromEntries(
    runbook.targets.map((target) => [
      target.name,
      {
        ...freshTarget(target.name, target.identity.length > 0),
        ...(target.group === true ? { group: true as const } : {}),
      },
    ]),
  );
}

/** The same with the members of the groups; a member has to prove what its group declares. */
export function withMembers(state: RunState, groups: RunState['groups']): RunState['targets'] {
  const targets: Record<string, TargetView> = { ...state.targets };
  for (const [group, members] of Object.entries(groups)) {
    const declared = state.runbook.targets.find((target) => target.name === group);
    if (declared?.group !== true) continue;
    for (const name of members) {
      if (Object.hasOwn(targets, name)) continue;
      targets[name] = { ...freshTarget(name, declared.identity.length > 0), memberOf: declared.name };
    }
  }
  return targets;
}

function freshTarget(name: TargetName, declaresIdentity: boolean): TargetView {
  return {
    name,
    connected: false,
    identity: declaresIdentity ? 'unproven' : 'none-declared',
    identityChecks: [],
  };
}

export function disconnectAll(state: RunState): RunState['targets'] {
  return Object.fromEntries(
    Object.entries(state.targets).map(([name, target]) => [name, disconnected(target)]),
  );
}

function disconnected(target: TargetView): TargetView {
  return {
    ...target,
    connected: false,
    identity: target.identity === 'none-declared' ? 'none-declared' : 'unproven',
    identityChecks: [],
  };
}

export function applyToTarget(state: RunState, record: TargetRecord, at: string): RunState {
  if (record.type === 'host.key-replaced') return keyReplaced(state, record.d, at);
  if (!Object.hasOwn(state.targets, record.d.target)) return state;
  const before = state.targets[record.d.target];
  if (before === undefined || before.group === true) return state;
  return { ...state, targets: { ...state.targets, [before.name]: nextTarget(before, record, at) } };
}

function keyReplaced(state: RunState, d: RecordOf<'host.key-replaced'>['d'], at: string): RunState {
  const text = (key: { readonly type: string; readonly fingerprint: string }) =>
    `${key.type} ${key.fingerprint}`;
  const { target, host, reason, by, second } = d;
  const replaced = { target, host, old: d.old.map(text), new: text(d.new), reason, by, second, at };
  return { ...state, keysReplaced: [...state.keysReplaced, replaced] };
}

function nextTarget(
  before: TargetView,
  record: Exclude<TargetRecord, { type: 'host.key-replaced' }>,
  at: string,
): TargetView {
  switch (record.type) {
    case 'host.connect':
      return connected(before, record.d);
    case 'host.identity':
      return {
        ...before,
        identity: record.d.ok ? 'proven' : 'refuted',
        identityAt: at,
        identityChecks: record.d.checks,
      };
    case 'net.lost':
      return lost(before, record.d);
    case 'shell.observed': {
      const { depth, exit } = record.d;
      return { ...before, lastObserved: { at, depth, ...(exit === undefined ? {} : { exit }) } };
    }
    default:
      return assertNever(record);
  }
}

function connected(before: TargetView, d: RecordOf<'host.connect'>['d']): TargetView {
  return {
    name: before.name,
    ...(before.memberOf === undefined ? {} : { memberOf: before.memberOf }),
    connected: true,
    address: d.address,
    hostKey: `${d.hostKey.type} ${d.hostKey.fingerprint}`,
    cipher: d.cipher,
    shell: d.shell,
    ...(d.engine === undefined ? {} : { engine: d.engine }),
    ...(d.via === undefined ? {} : { via: d.via.map((hop) => hop.address) }),
    ...(d.legacy === undefined ? {} : { legacy: d.legacy }),
    ...(d.uncarried === true ? { uncarried: true } : {}),
    ...(before.carried === true && d.stateLost !== true ? { carried: true } : {}),
    ...(before.stateLost === true || d.stateLost === true ? { stateLost: true } : {}),
    identity: before.identity === 'none-declared' ? 'none-declared' : 'unproven',
    identityChecks: [],
  };
}

/** A step's command is sent to a host: from here on the host keeps something for the next one, where it can. */
export function commandSent(state: RunState, name: TargetName): RunState['targets'] {
  const before = Object.hasOwn(state.targets, name) ? state.targets[name] : undefined;
  if (before === undefined) return state.targets;
  const { stateLost: _, ...rest } = before;
  const carries = before.connected && before.uncarried !== true && before.shell !== 'none';
  return { ...state.targets, [name]: carries ? { ...rest, carried: true } : rest };
}

function lost(before: TargetView, d: RecordOf<'net.lost'>['d']): TargetView {
  const { lostSide: _, ...rest } = disconnected(before);
  return { ...rest, lostWhy: d.why, ...(d.side === undefined ? {} : { lostSide: d.side }) };
}
