/** The calls of the contract, each carried to the desk that answers it. No rules of its own. */
import { copyFile, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Handlers } from '../contract/calls.ts';
import type { RunbookRelease } from '../contract/packages.ts';
import type { DeskInfo, LibraryEntry, RunbookSummary, RunSummary } from '../contract/views.ts';
import type { ConnectCapabilities, Route } from '../contract/routes.ts';
import type { RunId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { risks, type Runbook } from '../contract/runbook.ts';
import { type HopText, parseHop } from './connect/config/hopText.ts';
import type { BundleDesk } from './bundles/bundleDesk.ts';
import type { EvidenceDesk } from './evidence/evidenceDesk.ts';
import { bundleCalls } from './handlers/bundleCalls.ts';
import { ledgerCalls } from './handlers/ledgerCalls.ts';
import { libraryCalls } from './handlers/libraryCalls.ts';
import { packageCalls } from './handlers/packageCalls.ts';
import { type PeopleDesks, peopleCalls } from './handlers/peopleCalls.ts';
import { planCalls } from './handlers/planCalls.ts';
import { secretCalls } from './handlers/secretCalls.ts';
import { storageFailure } from './files/storageFailure.ts';
import type { Library } from './library/library.ts';
import type { PackageDesk } from './packages/packageDesk.ts';
import type { Releases } from './packages/releases.ts';
import type { LedgerDesk } from './runs/ledgerDesk.ts';
import type { PlanDesk } from './plans/planDesk.ts';
import type { RequestDesk } from './requests/requestDesk.ts';
import type { SettingsStore } from './ports.ts';
import type { Prompts } from './prompts.ts';
import type { RehearsalDesk } from './rehearsal/rehearsalDesk.ts';
import type { ReportDesk } from './reports/reportDesk.ts';
import type { OpenRun } from './runs/openRun.ts';
import type { RunDesk } from './runs/runDesk.ts';
import type { StartGates } from './runs/startGates.ts';
import type { SealGate } from './secrets/sealGate.ts';
import type { Streams } from './terminal/streams.ts';

/** How hosts would be reached from here. */
export interface ConnectDesk {
  route(to: HopText, via: readonly HopText[] | undefined): Promise<Result<Route>>;
  capabilities(): Promise<ConnectCapabilities>;
}

export interface Desks {
  readonly info: () => Promise<Result<DeskInfo>>;
  readonly settings: SettingsStore;
  readonly library: Library;
  /** What the linter finds in a runbook as it would be run. */
  readonly lint: StartGates['lint'];
  readonly runs: RunDesk;
  readonly evidence: EvidenceDesk;
  readonly rehearsal: RehearsalDesk;
  readonly prompts: Prompts;
  readonly connect: ConnectDesk;
  readonly ledger: LedgerDesk;
  readonly gate: SealGate;
  readonly people: PeopleDesks['people'];
  readonly timestamps: PeopleDesks['timestamps'];
  readonly plans: PlanDesk;
  readonly requests: RequestDesk;
  readonly bundles: BundleDesk;
  readonly reports: ReportDesk;
  readonly packages: PackageDesk;
  readonly releases: Releases;
}

/** Largest bundle handed to a page as text; larger ones are exported to a folder. */
const MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024;

/** Handlers for one page, with its own terminal streams. */
export function createHandlers(desks: Desks, streams: Streams): Handlers {
  const { settings, library, runs, evidence, rehearsal, prompts, connect } = desks;
  return {
    'desk.info': () => desks.info(),
    'desk.settings': () => Promise.resolve(ok(settings.read())),
    'desk.update-settings': (change) => Promise.resolve(settings.update(definedOnly(change))),

    'connect.route': ({ text, via }) => findRoute(connect, text, via),
    'connect.capabilities': async () => ok(await connect.capabilities()),

    'library.list': async () => {
      const [{ entries, broken }, past, releaseOf] = await Promise.all([
        library.list(),
        runs.list(),
        desks.releases.lookUp(),
      ]);
      return ok({ runbooks: entries.map((entry) => summarize(entry, past, releaseOf(entry))), broken });
    },
    'library.get': async ({ id, rehearsal: rehearse, origin }) => {
      const entry = await runs.entry(id, { rehearsal: rehearse }, origin);
      if (!entry.ok) return entry;
      const { bytes: _bytes, kept: _kept, ...shown } = entry.value;
      const release = await desks.releases.releaseOf(entry.value);
      return ok(release === undefined ? shown : { ...shown, release });
    },

    'start.draft': ({ runbook, rehearsal: rehearse, origin }) => runs.draft(runbook, rehearse, origin),
    'start.check': (request) => runs.check(request),
    'start.run': async (request) => {
      const started = await runs.start(request);
      return started.ok ? ok({ runId: started.value.snapshot().plan.runId }) : started;
    },

    'run.list': async () => ok(await runs.list()),
    'run.open': ({ runId }) => runs.snapshot(runId),
    'run.resume': async ({ runId }) => {
      const resumed = await runs.resume(runId);
      return resumed.ok ? ok(resumed.value.snapshot()) : resumed;
    },
    'run.records': async ({ runId, from }) => {
      const seen = await runs.snapshot(runId);
      return seen.ok ? ok(seen.value.records.slice(from)) : seen;
    },
    'run.preview': ({ runId, step, of }) =>
      withRun(runs, runId, (run) => Promise.resolve(run.preview(step, of))),
    'run.message': ({ runId, step }) => withRun(runs, runId, (run) => Promise.resolve(run.message(step))),
    'run.file': ({ runId, path }) => runs.file(runId, path),
    'run.rollback-plan': ({ runId }) => runs.rollbackPlan(runId),
    'run.intent': ({ runId, intent }) => withRun(runs, runId, (run) => run.dispatch(intent)),

    'prompt.list': () => Promise.resolve(ok(prompts.list())),
    'prompt.answer': ({ id, answer }) => Promise.resolve(prompts.answer(id, answer)),

    'terminal.attach': ({ runId, target, cols, rows }) =>
      withRun(runs, runId, (run) => {
        const pane = run.pane(target);
        if (pane === null) return Promise.resolve(fail('not-found', `This run has no target ${target}.`));
        return Promise.resolve(ok({ stream: streams.attach(pane, { cols, rows }) }));
      }),
    'terminal.detach': ({ stream }) => onStream(streams.detach(stream)),
    'terminal.write': ({ stream, data, by }) => onStream(streams.write(stream, data, by)),
    'terminal.resize': ({ stream, cols, rows }) => onStream(streams.resize(stream, { cols, rows })),
    'terminal.ack': ({ stream, bytes }) => onStream(streams.ack(stream, bytes)),

    'evidence.get': ({ runId }) => evidence.view(runId),
    'evidence.sign': async ({ runId, passphrase }) => {
      const signed = await evidence.sign(runId, passphrase);
      return signed.ok ? evidence.view(runId) : signed;
    },
    'evidence.download': ({ runId }) => download(evidence, runId),
    'evidence.export': ({ runId, directory }) => exportBundle(evidence, runId, directory),
    'evidence.trust-file': async () => {
      const text = await evidence.trustFile();
      return text.ok ? ok({ text: text.value }) : text;
    },

    ...libraryCalls(library, desks.lint),
    ...planCalls(desks.plans, desks.requests),
    ...peopleCalls(desks),
    ...ledgerCalls(desks.ledger),
    ...secretCalls(desks),
    ...bundleCalls(desks.bundles, desks.reports),
    ...packageCalls(desks.packages),

    'rehearsal.faults': async () => ok(await rehearsal.faults()),
    'rehearsal.set-fault': ({ id, on }) => rehearsal.setFault(id, on),
  };
}

async function findRoute(
  connect: ConnectDesk,
  text: string,
  via: readonly string[] | undefined,
): Promise<Result<Route>> {
  const to = parseHop(text);
  if (!to.ok) return to;
  const hops: HopText[] = [];
  for (const one of via ?? []) {
    const hop = parseHop(one);
    if (!hop.ok) return hop;
    hops.push(hop.value);
  }
  return connect.route(to.value, via === undefined ? undefined : hops);
}

async function withRun<T>(
  runs: RunDesk,
  runId: RunId,
  act: (run: OpenRun) => Promise<Result<T>>,
): Promise<Result<T>> {
  const run = runs.live(runId);
  if (run !== null) return act(run);
  return fail('not-found', 'This run is not open in this app.', { hint: 'Resume it from the list of runs.' });
}

function onStream(known: boolean): Promise<Result<null>> {
  return Promise.resolve(
    known ? ok(null) : fail('not-found', 'This terminal stream is not attached any more.'),
  );
}

/** A change without the fields that were left out (schemas type them as possibly undefined). */
function definedOnly<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function summarize(
  { runbook, vendorOpen }: LibraryEntry,
  past: readonly RunSummary[],
  release: RunbookRelease | undefined,
): RunbookSummary {
  const steps = runbook.phases.flatMap((phase) => phase.steps);
  const lastRun = past.find((run) => run.runbook === runbook.id);
  const highest = Math.max(0, ...steps.map((step) => risks.indexOf(step.risk)));
  return {
    id: runbook.id,
    title: runbook.title,
    version: runbook.version,
    kind: runbook.kind,
    service: runbook.service,
    summary: runbook.summary,
    steps: steps.length,
    holds: steps.filter((step) => step.kind === 'hold').length,
    plannedMs: runbook.phases.reduce((sum, phase) => sum + plannedOf(phase), 0),
    highestRisk: risks[highest] ?? 'read',
    pointOfNoReturn: steps.some((step) => step.kind === 'hold' && step.hold === 'point-of-no-return'),
    vendorOpen: vendorOpen.length,
    ...(release === undefined ? {} : { release }),
    ...(runbook.rollback === undefined ? {} : { rollback: runbook.rollback }),
    ...(lastRun === undefined ? {} : { lastRun }),
  };
}

function plannedOf(phase: Runbook['phases'][number]): number {
  return phase.budgetMs ?? phase.steps.reduce((sum, step) => sum + (step.plannedMs ?? 0), 0);
}

async function download(
  evidence: EvidenceDesk,
  runId: RunId,
): Promise<Result<{ readonly name: string; readonly base64: string }>> {
  const made = await evidence.bundle(runId);
  if (!made.ok) return made;
  if (made.value.bytes > MAX_DOWNLOAD_BYTES) {
    return fail('unsupported', `${made.value.name} is too large to pass through the page.`, {
      kept: `It is complete at ${made.value.path}.`,
      hint: 'Copy it from there, or use holdpoint export.',
    });
  }
  return ok({ name: made.value.name, base64: (await readFile(made.value.path)).toString('base64') });
}

async function exportBundle(
  evidence: EvidenceDesk,
  runId: RunId,
  directory: string,
): Promise<Result<{ readonly path: string }>> {
  const made = await evidence.bundle(runId);
  if (!made.ok) return made;
  const path = join(directory, basename(made.value.path));
  try {
    await copyFile(made.value.path, path);
    await stat(path);
    return ok({ path });
  } catch (error) {
    return { ok: false, error: storageFailure(path, error, `The bundle is complete at ${made.value.path}.`) };
  }
}
