/** The form as text fields, and the request it stands for. */
import type { StartRequest } from '../../../electron/contract/start.ts';
import type { LibraryEntry, StartDraft } from '../../../electron/contract/views.ts';
import type { RunId, TargetName } from '../../../electron/contract/ids.ts';
import type { Address } from '../../../electron/contract/plan.ts';
import type { Runbook, Target } from '../../../electron/contract/runbook.ts';
import { t } from '../../i18n/t.ts';
import {
  fieldsOf,
  noTarget,
  queryKey,
  queryOf,
  resolve,
  type RouteAnswer,
  type RouteQuery,
  type TargetFields,
} from './address.ts';
import { noWindow, parseUtc, windowProblems, type WindowFields } from './window.ts';
import { nameProblem, type GroupFields, type MemberFields } from './members.ts';

export interface StartFields {
  readonly parameters: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, TargetFields>>;
  readonly groups: Readonly<Record<string, GroupFields>>;
  /** Targets that may be this computer and are to be it. */
  readonly local: Readonly<Record<string, boolean>>;
  /** Targets (and groups) whose log the app may write to. */
  readonly anchor: Readonly<Record<string, boolean>>;
  readonly ticket: string;
  readonly reason: string;
  readonly securityImpact: string;
  readonly fallback: string;
  readonly window: WindowFields;
}

export type Answers = ReadonlyMap<string, RouteAnswer>;

const rehearsedMembers = 3;

/** Draft over defaults: every parameter, variant and target of the runbook has a field. */
export function firstFields(entry: LibraryEntry, draft: StartDraft, rehearsal: boolean): StartFields {
  const { runbook } = entry;
  return {
    parameters: Object.fromEntries(
      // A secret is never prefilled and never part of these fields.
      runbook.parameters
        .filter((p) => p.type.kind !== 'secret')
        .map((p) => [p.name, draft.parameters[p.name] ?? p.default ?? '']),
    ),
    variants: Object.fromEntries(
      runbook.variants.map((v) => [v.name, draft.variants[v.name] ?? v.default ?? '']),
    ),
    targets: Object.fromEntries(
      singles(runbook).map((target) => [target.name, fieldsOf(draft.targets[target.name])]),
    ),
    groups: Object.fromEntries(
      groupsOf(runbook).map((target) => [target.name, firstGroup(target, draft, rehearsal)]),
    ),
    local: Object.fromEntries(
      singles(runbook)
        .filter((target) => target.local === true)
        .map((target) => [target.name, draft.targets[target.name]?.kind !== 'ssh']),
    ),
    anchor: Object.fromEntries(runbook.targets.map((target) => [target.name, firstAnchor(target, draft)])),
    ticket: '',
    reason: '',
    securityImpact: '',
    fallback: '',
    window: noWindow,
  };
}

function firstAnchor(target: Target, draft: StartDraft): boolean {
  const names: readonly string[] =
    target.group === true ? (draft.groups?.[target.name] ?? []) : [target.name];
  const addresses = names.map((name) => draft.targets[name]);
  return addresses.length > 0 && addresses.every((each) => each?.kind === 'ssh' && each.anchor === true);
}

function firstGroup(target: Target, draft: StartDraft, rehearsal: boolean): GroupFields {
  const names: readonly string[] = draft.groups?.[target.name] ?? [];
  const from = names.map((name): MemberFields => {
    const { text, pins } = fieldsOf(draft.targets[name]);
    return { name, text, pins };
  });
  const made = Array.from({ length: rehearsedMembers }, (_, index) => ({
    name: `${target.name}-${String(index + 1)}`,
    text: '',
    pins: '',
  }));
  const first = names[0] === undefined ? noTarget : fieldsOf(draft.targets[names[0]]);
  return {
    members: from.length === 0 && rehearsal ? made : from,
    via: first.via,
    legacy: first.legacy,
  };
}

/** Targets that are one host each, and those that are a group. */
export function singles(runbook: Runbook): readonly Target[] {
  return runbook.targets.filter((target) => target.group !== true);
}
export function groupsOf(runbook: Runbook): readonly Target[] {
  return runbook.targets.filter((target) => target.group === true);
}

function filled(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
}

/** The fields of a member as those of a target: jump hosts and legacy reason are the group's. */
export function memberTarget(group: GroupFields, member: MemberFields): TargetFields {
  return { text: member.text, pins: member.pins, via: group.via, legacy: group.legacy };
}

/** Every route that the form wants to know, once each. */
export function queriesOf(
  entry: LibraryEntry,
  fields: StartFields,
  rehearsal: boolean,
): readonly RouteQuery[] {
  if (rehearsal) return [];
  const remote = singles(entry.runbook).filter((target) => fields.local[target.name] !== true);
  const all = [
    ...remote.map((target) => fields.targets[target.name] ?? noTarget),
    ...groupsOf(entry.runbook).flatMap((target) => {
      const group = fields.groups[target.name];
      return group === undefined ? [] : group.members.map((member) => memberTarget(group, member));
    }),
  ];
  const queries = all.map(queryOf).filter((query) => query !== null);
  return [...new Map(queries.map((query) => [queryKey(query), query])).values()];
}

export interface Problem {
  readonly field: string;
  readonly message: string;
}

export interface Built {
  readonly request: StartRequest;
  /** What the form itself can tell is wrong, by field: `targets.ops`, `targets.ops.via`, `groups.web`. */
  readonly problems: readonly Problem[];
  /** Some address waits for its route. */
  readonly waiting: boolean;
}

/** The request that the form stands for, with what keeps it from being one. */
export function toRequest(
  entry: LibraryEntry,
  fields: StartFields,
  rehearsal: boolean,
  origin: RunId | null,
  answers: Answers,
  secrets: Readonly<Record<string, string>> = {},
): Built {
  const targets: Record<string, Address> = {};
  const problems: Problem[] = [];
  let waiting = false;
  const put = (name: string, given: TargetFields, anchor: boolean): void => {
    const query = queryOf(given);
    const resolved = resolve(given, query === null ? undefined : answers.get(queryKey(query)));
    if (resolved.kind === 'address') targets[name] = anchored(resolved.address, anchor);
    else if (resolved.kind === 'waiting') waiting = true;
    else problems.push({ field: fieldName(name, resolved.field), message: resolved.why });
  };
  for (const target of singles(entry.runbook)) {
    if (rehearsal) targets[target.name] = { kind: 'rehearsal' };
    else if (fields.local[target.name] === true) targets[target.name] = { kind: 'local' };
    else put(target.name, fields.targets[target.name] ?? noTarget, fields.anchor[target.name] === true);
  }
  const groups: Record<string, TargetName[]> = {};
  const others = new Set<string>(entry.runbook.targets.map((target) => target.name));
  for (const target of groupsOf(entry.runbook)) {
    const group = fields.groups[target.name] ?? { members: [], via: '', legacy: '' };
    if (group.members.length === 0) {
      problems.push({ field: `groups.${target.name}`, message: t('group.empty') });
    }
    for (const [index, member] of group.members.entries()) {
      const wrong = nameProblem(group.members, index, others);
      if (wrong !== null) {
        problems.push({
          field: `groups.${target.name}`,
          message: t(wrong === 'shape' ? 'group.name.bad' : 'group.name.twice', { name: member.name }),
        });
      } else if (rehearsal) targets[member.name] = { kind: 'rehearsal' };
      else put(member.name, memberTarget(group, member), fields.anchor[target.name] === true);
    }
    for (const member of group.members) others.add(member.name);
    groups[target.name] = group.members.map((member) => member.name as TargetName);
  }
  problems.push(...windowProblems(fields.window));
  return {
    problems,
    waiting,
    request: {
      runbook: entry.runbook.id,
      sha256: entry.sha256,
      rehearsal,
      parameters: filled(fields.parameters),
      variants: filled(fields.variants),
      targets,
      ...(Object.keys(groups).length === 0 ? {} : { groups }),
      change: {
        ticket: fields.ticket.trim(),
        reason: fields.reason.trim(),
        ...unlessEmpty('securityImpact', fields.securityImpact),
        ...unlessEmpty('fallback', fields.fallback),
      },
      ...windowOf(fields.window),
      ...(Object.keys(filled(secrets)).length === 0 ? {} : { secrets: filled(secrets) }),
      ...(origin === null ? {} : { origin }),
    },
  };
}

function anchored(address: Address, anchor: boolean): Address {
  return address.kind === 'ssh' && anchor ? { ...address, anchor: true } : address;
}

function unlessEmpty<K extends string>(key: K, text: string): { readonly [P in K]?: string } {
  return text.trim() === '' ? {} : ({ [key]: text.trim() } as { readonly [P in K]: string });
}

function windowOf(fields: WindowFields): Pick<StartRequest, 'window'> {
  const from = parseUtc(fields.from);
  const to = parseUtc(fields.to);
  return fields.on && from !== null && to !== null ? { window: { from, to } } : {};
}

function fieldName(target: string, part: 'text' | 'via' | 'pins' | 'legacy'): string {
  return part === 'text' ? `targets.${target}` : `targets.${target}.${part}`;
}

/** Problems by field, and those that belong to no field of the form. */
export function sortProblems(
  problems: readonly Problem[],
  known: ReadonlySet<string>,
): { readonly byField: Readonly<Record<string, string>>; readonly others: readonly string[] } {
  const byField: Record<string, string> = {};
  const others: string[] = [];
  for (const { field, message } of problems) {
    if (known.has(field)) byField[field] ??= message;
    else others.push(message);
  }
  return { byField, others };
}
