/** The form as text fields, and the request it stands for. */
import type { LibraryEntry, StartDraft, StartRequest } from '../../../electron/contract/calls.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { Address } from '../../../electron/contract/plan.ts';
import { addressText, parseAddress } from '../../format/units.ts';

export interface StartFields {
  readonly parameters: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
  /** `user@host:port` as typed. */
  readonly targets: Readonly<Record<string, string>>;
  readonly ticket: string;
  readonly reason: string;
}

/** Draft over defaults: every parameter, variant and target of the runbook has a field. */
export function firstFields(entry: LibraryEntry, draft: StartDraft): StartFields {
  const { runbook } = entry;
  const address = (name: string): string => {
    const known = draft.targets[name];
    return known?.kind === 'ssh' ? addressText(known) : '';
  };
  return {
    parameters: Object.fromEntries(
      runbook.parameters.map((p) => [p.name, draft.parameters[p.name] ?? p.default ?? '']),
    ),
    variants: Object.fromEntries(
      runbook.variants.map((v) => [v.name, draft.variants[v.name] ?? v.default ?? '']),
    ),
    targets: Object.fromEntries(runbook.targets.map((target) => [target.name, address(target.name)])),
    ticket: '',
    reason: '',
  };
}

function filled(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
}

/** The request, and the targets whose text is not an address yet. */
export function toRequest(
  entry: LibraryEntry,
  fields: StartFields,
  rehearsal: boolean,
  origin: RunId | null,
): { readonly request: StartRequest; readonly badTargets: readonly string[] } {
  const targets: Record<string, Address> = {};
  const badTargets: string[] = [];
  for (const target of entry.runbook.targets) {
    const address: Address | null = rehearsal
      ? { kind: 'rehearsal' }
      : parseAddress(fields.targets[target.name] ?? '');
    if (address === null) badTargets.push(target.name);
    else targets[target.name] = address;
  }
  return {
    badTargets,
    request: {
      runbook: entry.runbook.id,
      sha256: entry.sha256,
      rehearsal,
      parameters: filled(fields.parameters),
      variants: filled(fields.variants),
      targets: targets,
      change: { ticket: fields.ticket.trim(), reason: fields.reason.trim() },
      ...(origin === null ? {} : { origin }),
    },
  };
}

/** Problems by field, and those that belong to no field of the form. */
export function sortProblems(
  problems: readonly { readonly field: string; readonly message: string }[],
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
