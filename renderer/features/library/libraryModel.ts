/** What the list of the library shows, and which of it a person asked for. Pure. */
import type {
  BrokenRunbook,
  OpenedDocument,
  RunbookHealth,
  RunbookSummary,
  RunSummary,
} from '../../../electron/contract/views.ts';
import { risks, type Risk, type RunbookKind } from '../../../electron/contract/runbook.ts';
import type { Due } from './pastModel.ts';

export type Row =
  | { readonly kind: 'run'; readonly key: string; readonly run: RunSummary }
  | {
      readonly kind: 'runbook';
      readonly key: string;
      readonly runbook: RunbookSummary;
      /** Why it cannot be started in production yet; empty when nothing is known against it. */
      readonly notYet: NotYet;
      readonly due: Due | null;
    }
  | { readonly kind: 'document'; readonly key: string; readonly document: OpenedDocument }
  | { readonly kind: 'broken'; readonly key: string; readonly file: BrokenRunbook };

export interface NotYet {
  readonly vendorOpen: number;
  readonly errors: number;
}

export interface Filter {
  readonly text: string;
  readonly kind: RunbookKind | null;
  readonly service: string | null;
  /** As risky as this, or less. */
  readonly risk: Risk | null;
  readonly notYet: boolean;
  readonly due: boolean;
}

export const everything: Filter = {
  text: '',
  kind: null,
  service: null,
  risk: null,
  notYet: false,
  due: false,
};

export interface Shelf {
  readonly runs: readonly RunSummary[];
  readonly runbooks: readonly RunbookSummary[];
  readonly broken: readonly BrokenRunbook[];
  readonly documents: readonly OpenedDocument[];
  readonly health: readonly RunbookHealth[];
  /** By runbook; none where nothing says how often it is due. */
  readonly due: ReadonlyMap<string, Due>;
}

/** Kinds that answer something gone wrong come last: nobody should start one by reflex. */
const lastKinds: readonly string[] = ['rollback', 'emergency', 'reference'];

/** Open and interrupted runs first, then documents, then runbooks by title, then files that could not be read. */
export function libraryRows(shelf: Shelf, filter: Filter): readonly Row[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...texts: readonly string[]): boolean => {
    const all = texts.join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const narrowed = isNarrowed(filter);
  const other = <T>(rows: readonly T[]): readonly T[] => (narrowed ? [] : rows);
  return [
    ...other(shelf.runs)
      .filter((run) => run.status === 'interrupted' || run.status === 'open')
      .filter((run) => fits(run.title))
      .map((run): Row => ({ kind: 'run', key: run.runId, run })),
    ...other(shelf.documents)
      .filter((each) => fits(each.file, each.runbook.title))
      .map((document): Row => ({ kind: 'document', key: documentKey(document), document })),
    ...[...shelf.runbooks]
      .sort((a, b) => lastKinds.indexOf(a.kind) - lastKinds.indexOf(b.kind) || a.title.localeCompare(b.title))
      .filter((each) => fits(each.title, each.service, each.id, each.kind, each.summary))
      .map((runbook) => runbookRow(runbook, shelf))
      .filter((row) => isWanted(row, filter)),
    ...(narrowed && !filter.notYet ? [] : shelf.broken)
      .filter((each) => fits(each.file))
      .map((file): Row => ({ kind: 'broken', key: file.file, file })),
  ];
}

/** How many of the filters beside the text are set. */
export function narrowings(filter: Filter): number {
  const set = [filter.kind, filter.service, filter.risk].filter((each) => each !== null).length;
  return set + Number(filter.notYet) + Number(filter.due);
}

export function documentKey(document: OpenedDocument): string {
  return `document:${document.file}`;
}

type RunbookRow = Extract<Row, { kind: 'runbook' }>;

function runbookRow(runbook: RunbookSummary, shelf: Shelf): RunbookRow {
  const errors = shelf.health.find(({ id }) => id === runbook.id)?.errors ?? 0;
  return {
    kind: 'runbook',
    key: runbook.id,
    runbook,
    notYet: { vendorOpen: runbook.vendorOpen, errors },
    due: shelf.due.get(runbook.id) ?? null,
  };
}

function isWanted({ runbook, notYet, due }: RunbookRow, filter: Filter): boolean {
  return (
    (filter.kind === null || runbook.kind === filter.kind) &&
    (filter.service === null || runbook.service === filter.service) &&
    (filter.risk === null || risks.indexOf(runbook.highestRisk) <= risks.indexOf(filter.risk)) &&
    (!filter.notYet || notYet.vendorOpen + notYet.errors > 0) &&
    (!filter.due || due?.isDue === true)
  );
}

function isNarrowed(filter: Filter): boolean {
  return narrowings(filter) > 0;
}
