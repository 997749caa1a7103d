/** The hosts of a run: where they are, which keys they showed, how it was made sure that they are the right ones. */
import type { Address, Plan } from '../../contract/plan.ts';
import { assertNever } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { lineOf, ofType, type RunFold } from './fold.ts';
import type { ReportTarget } from './model.ts';

export function targetsOf(fold: RunFold, plan: Plan, runbook: Runbook): readonly ReportTarget[] {
  const titles = new Map<string, string>(runbook.targets.map((target) => [target.name, target.title]));
  for (const [group, members] of Object.entries(plan.groups ?? {})) {
    for (const member of members) titles.set(member, `${titles.get(group) ?? group} (member of ${group})`);
  }
  return Object.entries(plan.targets).map(([name, address]) =>
    targetOf(fold, name, titles.get(name) ?? name, address),
  );
}

function targetOf(fold: RunFold, name: string, title: string, address: Address): ReportTarget {
  const connects = ofType(fold.records, 'host.connect').filter(({ d }) => d.target === name);
  const identity = ofType(fold.records, 'host.identity').findLast(({ d }) => d.target === name);
  const clock = ofType(fold.records, 'clock.sample').findLast(({ d }) => d.target === name);
  const last = connects.at(-1);
  const keys = new Map(
    connects.map((record) => {
      const key = `${record.d.hostKey.type} ${record.d.hostKey.fingerprint}`;
      return [`${key} ${record.d.pin}`, { key, pin: record.d.pin, line: lineOf(record) }] as const;
    }),
  );
  return {
    name,
    title,
    address: last?.d.address ?? addressText(address),
    hostKeys: [...keys.values()],
    ...(last === undefined ? {} : { server: last.d.server, cipher: last.d.cipher }),
    via: (last?.d.via ?? []).map((hop) => hop.address),
    ...(identity === undefined
      ? {}
      : { identity: { ok: identity.d.ok, checks: identity.d.checks, line: lineOf(identity) } }),
    ...(clock === undefined
      ? {}
      : { clock: { offsetMs: clock.d.offsetMs, rttMs: clock.d.rttMs, line: lineOf(clock) } }),
    connections: connects.length,
    ...(last?.d.legacy === undefined ? {} : { legacy: last.d.legacy }),
  };
}

function addressText(address: Address): string {
  switch (address.kind) {
    case 'ssh':
      return `${address.user}@${address.host}:${String(address.port)}`;
    case 'rehearsal':
      return 'the built-in rehearsal host';
    case 'local':
      return 'the operator’s own computer';
    default:
      return assertNever(address);
  }
}

const PIN_WORDS: Readonly<Record<string, string>> = {
  known: 'known before',
  accepted: 'accepted by the operator',
  rehearsal: 'rehearsal host',
  pinned: 'pinned by the inventory',
  ca: 'signed by a known authority',
  none: 'no SSH',
};

/** How a host key came to be trusted. */
export function pinText(pin: string): string {
  return PIN_WORDS[pin] ?? pin;
}
