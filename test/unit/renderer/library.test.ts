import { describe, expect, it } from 'vitest';
import type { ReferencePage } from '../../../electron/contract/reference.ts';
import type { Diagnostic, Runbook } from '../../../electron/contract/runbook.ts';
import type { OpenedDocument, RunbookSummary, RunSummary } from '../../../electron/contract/views.ts';
import { allFindings, noReturns, partsOf, undoable } from '../../../renderer/features/library/glanceModel.ts';
import {
  everything,
  libraryRows,
  narrowings,
  type Filter,
  type Shelf,
} from '../../../renderer/features/library/libraryModel.ts';
import { dueByRunbook, pastOf } from '../../../renderer/features/library/pastModel.ts';

const runbook = (title: string, more: Partial<RunbookSummary> = {}): RunbookSummary =>
  ({
    id: title,
    title,
    kind: 'maintenance',
    service: 'Vault',
    summary: `What ${title} is for`,
    highestRisk: 'read',
    vendorOpen: 0,
    ...more,
  }) as unknown as RunbookSummary;
const run = (runId: string, more: Partial<RunSummary>): RunSummary =>
  ({
    runId,
    title: runId,
    runbook: 'up',
    rehearsal: false,
    status: 'ended',
    ...more,
  }) as unknown as RunSummary;

const shelf = (more: Partial<Shelf>): Shelf => ({
  runs: [],
  runbooks: [],
  broken: [],
  documents: [],
  health: [],
  due: new Map(),
  ...more,
});
const keys = (given: Shelf, filter: Partial<Filter> = {}): readonly string[] =>
  libraryRows(given, { ...everything, ...filter }).map((row) => row.key);

describe('the library list', () => {
  const books = shelf({
    runbooks: [
      runbook('Back', { kind: 'rollback', highestRisk: 'disruptive' }),
      runbook('Up', { kind: 'upgrade', highestRisk: 'irreversible', vendorOpen: 2 }),
      runbook('Look', { service: 'Naksha' }),
    ],
  });

  it('puts interrupted runs first and rollbacks behind other runbooks', () => {
    const runs = [run('done', { status: 'ended' }), run('left', { status: 'interrupted' })];
    expect(keys({ ...books, runs })).toEqual(['left', 'Look', 'Up', 'Back']);
  });
  it('looks for every word, in any case and anywhere', () => {
    expect(keys(books, { text: 'UP vault' })).toEqual(['Up']);
    expect(keys(books, { text: 'for look' })).toEqual(['Look']);
    expect(keys(books, { text: 'up naksha' })).toEqual([]);
  });
  it('narrows by kind, service and the risk one is ready to take', () => {
    expect(keys(books, { kind: 'rollback' })).toEqual(['Back']);
    expect(keys(books, { service: 'Naksha' })).toEqual(['Look']);
    expect(keys(books, { risk: 'disruptive' })).toEqual(['Look', 'Back']);
    expect(keys(books, { risk: 'read', service: 'Vault' })).toEqual([]);
  });
  it('finds what cannot run yet: open product commands, errors, files that cannot be read', () => {
    const broken = [{ file: 'torn.runbook.yaml', diagnostics: [] }];
    const health = [{ id: 'Look' as RunbookSummary['id'], errors: 1, warnings: 0 }];
    expect(keys({ ...books, broken, health }, { notYet: true })).toEqual(['Look', 'Up', 'torn.runbook.yaml']);
  });
  it('shows other things than runbooks only while nothing narrows the list', () => {
    const documents = [{ file: 'a.md', runbook: { title: 'A' }, findings: [] } as unknown as OpenedDocument];
    const runs = [run('left', { status: 'interrupted' })];
    expect(keys({ ...books, documents, runs })).toContain('document:a.md');
    expect(keys({ ...books, documents, runs }, { kind: 'upgrade' })).toEqual(['Up']);
    expect(narrowings({ ...everything, kind: 'upgrade', due: true, text: 'x' })).toBe(2);
  });
});

const entry = (values: readonly object[], runbooks: readonly string[]): object => ({
  id: 'e',
  title: 'Entry',
  values,
  runbooks,
  lines: { from: 1, to: 1 },
});
const page = (entries: readonly object[]): ReferencePage =>
  ({ id: 'p', title: 'P', service: 's', entries }) as unknown as ReferencePage;
const every = (days: number): object => ({
  name: 'interval',
  kind: 'duration',
  ms: days * 86_400_000,
  source: `${String(days)}d`,
});

describe('what earlier runs tell', () => {
  const good = (runId: string, startedAt: string, minutes: number, rehearsal = false): RunSummary =>
    run(runId, {
      startedAt,
      endedAt: new Date(Date.parse(startedAt) + minutes * 60_000).toISOString(),
      result: 'success',
      rehearsal,
    });

  it('takes the time of real runs, and of rehearsals only while there are no others', () => {
    const rehearsed = good('r', '2026-11-01T00:00:00Z', 5, true);
    expect(pastOf('up', [rehearsed]).duration).toMatchObject({ ms: 300_000, rehearsal: true });
    const real = [good('a', '2026-10-01T00:00:00Z', 20), good('b', '2026-11-02T00:00:00Z', 90)];
    const third = good('c', '2026-10-02T00:00:00Z', 30);
    const past = pastOf('up', [rehearsed, ...real, third]);
    expect(past.duration).toEqual({
      ms: 1_800_000,
      shortest: 1_200_000,
      longest: 5_400_000,
      of: 3,
      rehearsal: false,
    });
    expect(past.successes[0]?.runId).toBe('b');
  });
  it('counts no run that failed, was given up or has not ended', () => {
    const failed = { ...good('a', '2026-10-01T00:00:00Z', 20), result: 'failed' as const };
    const open = run('b', { startedAt: '2026-10-01T00:00:00Z', status: 'open' });
    expect(pastOf('up', [failed, open])).toEqual({ successes: [], rehearsals: [], duration: null });
  });
  it('is due when its interval is over, by the shortest the pages name, and never by a rehearsal', () => {
    const pages = [page([entry([every(90)], ['up']), entry([every(7)], ['up', 'other'])])];
    const now = Date.parse('2026-11-22T00:00:00Z');
    const done = good('a', '2026-11-18T00:00:00Z', 20);
    expect(dueByRunbook(pages, [done], now).get('up')).toMatchObject({
      every: { unit: 'ms', ms: 604_800_000 },
      isDue: false,
    });
    expect(dueByRunbook(pages, [done], now + 4 * 86_400_000).get('up')?.isDue).toBe(true);
    expect(dueByRunbook(pages, [{ ...done, rehearsal: true }], now).get('up')).toMatchObject({
      last: null,
      isDue: true,
    });
  });
  it('counts months by the calendar, and days that a page gives beside its words', () => {
    const months = { name: 'interval', kind: 'number', number: 3, unit: 'months' };
    const days = { name: 'frequency-days', kind: 'number', number: 365, unit: 'days' };
    const at = (now: string, pages: readonly ReferencePage[]) =>
      dueByRunbook(pages, [good('a', '2026-11-30T02:00:00Z', 20)], Date.parse(now)).get('up')?.isDue;
    const quarterly = [page([entry([months], ['up']), entry([days], ['up'])])];
    expect(at('2027-02-28T01:59:59Z', quarterly)).toBe(false);
    expect(at('2027-02-28T02:00:00Z', quarterly)).toBe(true);
    const yearly = [page([entry([{ name: 'frequency', kind: 'text', text: 'Annual' }, days], ['up'])])];
    expect(at('2027-11-30T01:59:59Z', yearly)).toBe(false);
    expect(at('2027-11-30T02:00:00Z', yearly)).toBe(true);
  });
  it('takes no interval of what the product does by itself for one of a runbook', () => {
    const job = { ...entry([every(1)], ['up']), scope: 'gateway', number: 19 };
    expect(dueByRunbook([page([job])], [], 0).size).toBe(0);
  });
  it('says nothing of what no page gives an interval in figures', () => {
    const monthly = { name: 'interval', kind: 'text', text: 'Monthly' };
    const other = { ...every(1), name: 'rto' };
    expect(dueByRunbook([page([entry([monthly, other], ['up'])])], [], 0).size).toBe(0);
  });
});

describe('a runbook at a glance', () => {
  const part = (call: string) => ({ runbook: 'check', title: 'Check', version: '1', call, step: 'x' });
  const book = {
    phases: [
      {
        steps: [
          { id: 'a', kind: 'run', risk: 'reversible', undo: {} },
          { id: 'b', kind: 'hold', hold: 'point-of-no-return', risk: 'read' },
        ],
      },
      {
        steps: [
          { id: 'c', kind: 'run', risk: 'irreversible' },
          { id: 'v-1', kind: 'run', risk: 'read', part: part('v') },
          { id: 'v-2', kind: 'run', risk: 'read', part: part('v') },
        ],
      },
    ],
  } as unknown as Runbook;

  it('numbers steps through all phases', () => {
    expect(noReturns(book).map(({ n, step }) => [n, step.id])).toEqual([[2, 'b']]);
  });
  it('counts a call once, with the steps it brings', () => {
    expect(partsOf(book).map(({ part: { call }, steps }) => [call, steps])).toEqual([['v', 2]]);
  });
  it('says how much of what it changes can be taken back', () => {
    expect(undoable(book)).toEqual({ of: 2, with: 1 });
  });
  it('shows each finding once, errors first', () => {
    const found = (severity: Diagnostic['severity'], rule: string): Diagnostic => ({
      ...{ severity, rule, message: rule, file: 'f', line: 1, column: 1 },
    });
    const read = [found('warning', 'a')];
    const linted = [found('warning', 'a'), found('error', 'b'), found('warning', 'c')];
    expect(allFindings(read, linted).map(({ rule }) => rule)).toEqual(['b', 'a', 'c']);
  });
});
