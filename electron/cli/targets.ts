/** Where targets are, from the command line: `--target`, `--member`, `--via`, `--pin` and `--legacy`. */
import { Address, Place } from '../contract/plan.ts';
import { TargetName } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { parseHop } from '../host/connect/config/hopText.ts';

export interface TargetArguments {
  /** `NAME=[user@]host[:port]`, `NAME=local`; for a group `NAME=a,b,c`. */
  readonly targets: readonly string[];
  /** `GROUP=name:[user@]host[:port]` */
  readonly members: readonly string[];
  /** `NAME=[user@]host[:port]`, nearest first. */
  readonly via: readonly string[];
  /** `NAME=SHA256:…` */
  readonly pins: readonly string[];
  /** `NAME=reason` */
  readonly legacy: readonly string[];
}

export interface Placed {
  readonly targets: Readonly<Record<TargetName, Address>>;
  readonly groups: Readonly<Record<TargetName, readonly TargetName[]>>;
}

/** Fills in what was not typed (user, port) as the OpenSSH configuration has it. */
export type FindPlace = (text: string) => Promise<Result<{ readonly user: string; readonly port: number }>>;

/**
 * Addresses by target name. `groups` are the targets of the runbook that are groups; `earlier` are the addresses that
 * hold where nothing else is said.
 */
export async function placeTargets(
  args: TargetArguments,
  groups: ReadonlySet<string>,
  earlier: Placed,
  find: FindPlace,
): Promise<Result<Placed>> {
  const targets: Record<TargetName, Address> = withoutReplaced(args, groups, earlier);
  const members: Record<TargetName, TargetName[]> = {};
  for (const text of args.targets) {
    const named = split('--target', text, 'name=user@host:port');
    if (!named.ok) return named;
    const { name, value } = named.value;
    if (!groups.has(name)) {
      const address = await addressOf(value, text, find);
      if (!address.ok) return address;
      targets[name] = address.value;
      continue;
    }
    for (const part of value.split(',')) {
      const address = await addressOf(part, text, find);
      if (!address.ok) return address;
      const member = memberName(part, name, targets);
      targets[member] = address.value;
      (members[name] ??= []).push(member);
    }
  }
  for (const text of args.members) {
    const named = split('--member', text, 'group=name:user@host:port');
    if (!named.ok) return named;
    const at = named.value.value.indexOf(':');
    const member = TargetName.safeParse(named.value.value.slice(0, Math.max(at, 0)));
    if (!member.success)
      return fail('bad-request', `--member ${text}: write it as group=name:user@host:port.`);
    const address = await addressOf(named.value.value.slice(at + 1), text, find);
    if (!address.ok) return address;
    targets[member.data] = address.value;
    (members[named.value.name] ??= []).push(member.data);
  }
  const placed: Placed = { targets, groups: { ...earlier.groups, ...members } };
  return refine(placed, args, find);
}

/** The earlier addresses; a group that is named anew has none of its earlier members. */
function withoutReplaced(
  args: TargetArguments,
  groups: ReadonlySet<string>,
  earlier: Placed,
): Record<TargetName, Address> {
  const named = [...args.targets, ...args.members].map((text) =>
    text.slice(0, Math.max(text.indexOf('='), 0)),
  );
  const gone = new Set<string>(
    Object.entries(earlier.groups)
      .filter(([group]) => groups.has(group) && named.includes(group))
      .flatMap(([, members]) => members),
  );
  return Object.fromEntries(Object.entries(earlier.targets).filter(([name]) => !gone.has(name)));
}

/** Adds jump hosts, pins and legacy reasons; those for a group hold for each of its members. */
async function refine(placed: Placed, args: TargetArguments, find: FindPlace): Promise<Result<Placed>> {
  const targets: Record<TargetName, Address> = { ...placed.targets };
  const change = (
    option: string,
    text: string,
    name: TargetName,
    make: (address: Ssh) => unknown,
  ): Result<null> => {
    for (const one of placed.groups[name] ?? [name]) {
      const address = targets[one];
      if (address?.kind !== 'ssh') {
        return fail('bad-request', `${option} ${text}: ${one} is not a target reached by SSH.`);
      }
      const parsed = Address.safeParse(make(address));
      if (!parsed.success) return fail('bad-request', `${option} ${text} cannot be used for ${one}.`);
      targets[one] = parsed.data;
    }
    return ok(null);
  };
  const vias = new Map<TargetName, Place[]>();
  for (const text of args.via) {
    const named = split('--via', text, 'name=user@host:port');
    if (!named.ok) return named;
    const place = await placeOf(named.value.value, `--via ${text}`, find);
    if (!place.ok) return place;
    vias.set(named.value.name, [...(vias.get(named.value.name) ?? []), place.value]);
  }
  for (const [name, via] of vias) {
    const done = change('--via', name, name, (address) => ({ ...address, via }));
    if (!done.ok) return done;
  }
  for (const text of args.pins) {
    const named = split('--pin', text, 'name=SHA256:fingerprint');
    if (!named.ok) return named;
    const { name, value } = named.value;
    const done = change('--pin', text, name, (address) => ({
      ...address,
      pins: [...(address.pins ?? []).filter((pin) => pin !== value), value],
    }));
    if (!done.ok) return done;
  }
  for (const text of args.legacy) {
    const named = split('--legacy', text, 'name=reason');
    if (!named.ok) return named;
    const { name, value } = named.value;
    const done = change('--legacy', text, name, (address) => ({ ...address, legacy: value }));
    if (!done.ok) return done;
  }
  return ok({ ...placed, targets });
}

type Ssh = Extract<Address, { kind: 'ssh' }>;

function split(
  option: string,
  text: string,
  form: string,
): Result<{ readonly name: TargetName; readonly value: string }> {
  const at = text.indexOf('=');
  const name = TargetName.safeParse(text.slice(0, Math.max(at, 0)));
  const value = text.slice(at + 1).trim();
  if (!name.success || value === '') return fail('bad-request', `${option} ${text}: write it as ${form}.`);
  return ok({ name: name.data, value });
}

async function addressOf(value: string, text: string, find: FindPlace): Promise<Result<Address>> {
  if (value === 'local') return ok({ kind: 'local' });
  const place = await placeOf(value, text, find);
  return place.ok ? ok({ kind: 'ssh', ...place.value }) : place;
}

async function placeOf(value: string, text: string, find: FindPlace): Promise<Result<Place>> {
  const hop = parseHop(value);
  if (!hop.ok) return fail('bad-request', `${text}: ${hop.error.message}`);
  const { host, user, port } = hop.value;
  if (user !== undefined && port !== undefined) return ok({ host, user, port });
  const found = await find(value);
  if (!found.ok) return found;
  const place = Place.safeParse({ host, user: user ?? found.value.user, port: port ?? found.value.port });
  return place.success
    ? ok(place.data)
    : fail('bad-request', `${text}: no user name and port could be found for it: write user@host:port.`);
}

/** A target name from a host name: `web1.example.com` is `web1`. */
function memberName(
  text: string,
  group: TargetName,
  taken: Readonly<Record<TargetName, Address>>,
): TargetName {
  const hop = parseHop(text);
  const host = hop.ok ? hop.value.host : '';
  const short = /^[0-9.:]+$/.test(host) ? host : (host.split('.')[0] ?? '');
  const slug = short
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = (/^[a-z]/.test(slug) ? slug : `${group}-${slug}`).slice(0, 28).replace(/-+$/, '');
  for (let n = 1; ; n += 1) {
    const name = TargetName.parse(n === 1 ? base : `${base}-${String(n)}`);
    if (!Object.hasOwn(taken, name)) return name;
  }
}
