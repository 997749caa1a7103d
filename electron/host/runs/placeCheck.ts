/** Whether a start request says where each target of the runbook is: addresses, groups and their members. Pure. */
import type { StartRequest } from '../../contract/start.ts';
import type { StartCheck } from '../../contract/views.ts';
import type { TargetName } from '../../contract/ids.ts';
import type { Address } from '../../contract/plan.ts';
import type { Runbook, Target } from '../../contract/runbook.ts';
import { hopAddress } from './address.ts';

type Problem = StartCheck['problems'][number];

/** What is wrong with the places of a request, field by field: `targets.<name>` and `groups.<name>`. */
export function placeProblems(request: StartRequest, runbook: Runbook): readonly Problem[] {
  const groups = new Map(Object.entries(request.groups ?? {}));
  const single = runbook.targets.filter((target) => target.group !== true);
  const grouped = runbook.targets.filter((target) => target.group === true);
  /** Target by the name that has an address: itself, or the group a member is of. */
  const owners = new Map<string, Target>(single.map((target) => [target.name, target]));
  for (const target of grouped) {
    for (const member of groups.get(target.name) ?? []) if (!owners.has(member)) owners.set(member, target);
  }
  return [
    ...grouped.flatMap((target) => groupProblems(target, groups.get(target.name) ?? [], request, runbook)),
    ...[...groups.keys()]
      .filter((name) => !grouped.some((target) => target.name === name))
      .map((name) => ({ field: `groups.${name}`, message: 'This runbook has no such group.' })),
    ...twiceInGroups(groups),
    ...missing(request, owners),
    ...Object.entries(request.targets).flatMap(([name, address]) =>
      addressProblems(name, address, owners.get(name), request.rehearsal),
    ),
  ];
}

function groupProblems(
  target: Target,
  members: readonly TargetName[],
  request: StartRequest,
  runbook: Runbook,
): readonly Problem[] {
  const field = `groups.${target.name}`;
  if (members.length === 0)
    return [{ field, message: `Say which hosts ${target.title} means: at least one.` }];
  const own = members
    .filter((member) => runbook.targets.some((other) => other.name === member))
    .map((member) => ({ field, message: `${member} is the name of a target: give the host another name.` }));
  return [...own, ...(request.rehearsal ? [] : samePlace(members, request, field))];
}

/** Two members that are one host would have the command sent there twice. */
function samePlace(members: readonly TargetName[], request: StartRequest, field: string): readonly Problem[] {
  const seen = new Map<string, TargetName>();
  return members.flatMap((member) => {
    const address = request.targets[member];
    if (address?.kind !== 'ssh') return [];
    const place = `${hopAddress(address).toLowerCase()} ${(address.via ?? []).map(hopAddress).join(' ')}`;
    const other = seen.get(place);
    seen.set(place, other ?? member);
    return other === undefined || other === member
      ? []
      : [{ field, message: `${other} and ${member} are the same host: ${hopAddress(address)}.` }];
  });
}

function twiceInGroups(groups: ReadonlyMap<string, readonly TargetName[]>): readonly Problem[] {
  const seen = new Set<string>();
  return [...groups].flatMap(([name, members]) =>
    members.flatMap((member) => {
      const again = seen.has(member);
      seen.add(member);
      return again ? [{ field: `groups.${name}`, message: `${member} stands there twice.` }] : [];
    }),
  );
}

function missing(request: StartRequest, owners: ReadonlyMap<string, Target>): readonly Problem[] {
  return [...owners]
    .filter(([name]) => !Object.hasOwn(request.targets, name))
    .map(([name, target]) => ({
      field: `targets.${name}`,
      message: `Say where ${name === target.name ? target.title : name} is: user@host:port.`,
    }));
}

function addressProblems(
  name: string,
  address: Address,
  target: Target | undefined,
  rehearsal: boolean,
): readonly Problem[] {
  const field = `targets.${name}`;
  if (target === undefined) return [{ field, message: 'This runbook has no such target.' }];
  if (rehearsal) {
    return address.kind === 'ssh' ? [{ field, message: 'A rehearsal runs on the rehearsal host only.' }] : [];
  }
  switch (address.kind) {
    case 'rehearsal':
      return [{ field, message: 'A real run needs a real host.' }];
    case 'local':
      return target.local === true
        ? []
        : [{ field, message: `The runbook does not ask for this computer: say on which host ${name} is.` }];
    case 'ssh':
      return target.local === true
        ? [{ field, message: `The runbook runs ${target.title} on this computer: no other host will do.` }]
        : sshProblems(field, address);
  }
}

function sshProblems(field: string, address: Extract<Address, { kind: 'ssh' }>): readonly Problem[] {
  const own = hopAddress(address);
  return [
    ...((address.via ?? []).some((hop) => hopAddress(hop) === own)
      ? [{ field, message: `${own} cannot be its own jump host.` }]
      : []),
    ...(address.legacy !== undefined && address.legacy.trim().length < 3
      ? [{ field, message: 'Say why old algorithms may be used with this host.' }]
      : []),
  ];
}
