/** Puts the host together from its parts. The only place that knows all of them. */
import { join, sep } from 'node:path';
import type { HostEvent } from '../contract/calls.ts';
import type { Settings } from '../contract/settings.ts';
import type { DeskInfo } from '../contract/views.ts';
import { type RunId, TargetName } from '../contract/ids.ts';
import type { Address } from '../contract/plan.ts';
import { type Failure, ok, type Result } from '../contract/result.ts';
import { systemClock } from './clock.ts';
import { createBundleDesk } from './bundles/bundleDesk.ts';
import { createConfigDesk } from './connect/config/configDesk.ts';
import { createConnect, createOpensshFinder } from './connect/engines.ts';
import { localShellCapability } from './connect/local/localShell.ts';
import { createReach } from './connect/reach.ts';
import { connectCapabilities } from './connect/capabilities.ts';
import { createDispatch } from './dispatch.ts';
import { deviceKey } from './evidence/deviceKey.ts';
import { createEvidenceDesk } from './evidence/evidenceDesk.ts';
import { createKeyRing } from './evidence/keyRing.ts';
import { createPeopleDesk } from './evidence/peopleDesk.ts';
import { createTimestampDesk } from './evidence/timestamps.ts';
import { createTrustStore } from './evidence/trustStore.ts';
import { type ConnectDesk, createHandlers, type Desks } from './handlers.ts';
import type { ClientSink, Host } from './host.ts';
import { createLibrary } from './library/library.ts';
import type { Paths, SecretBox, SettingsStore } from './ports.ts';
import { watchGaps } from './power/gaps.ts';
import type { KeepAwake } from './power/keepAwake.ts';
import { createInstalledPackages } from './packages/installed.ts';
import { createPackageDesk } from './packages/packageDesk.ts';
import { createPackageStore } from './packages/packageStore.ts';
import { createReleases, releaseProblem } from './packages/releases.ts';
import { createPrompts } from './prompts.ts';
import { createPlanDesk } from './plans/planDesk.ts';
import { createRequestDesk } from './requests/requestDesk.ts';
import { createSigning } from './requests/signing.ts';
import { createRehearsalDesk } from './rehearsal/rehearsalDesk.ts';
import { createChromiumPrinter } from './reports/chromiumPrinter.ts';
import type { PdfPrinter } from './reports/pdfPrinter.ts';
import { createReportDesk } from './reports/reportDesk.ts';
import { createLedgerDesk } from './runs/ledgerDesk.ts';
import { createRunDesk } from './runs/runDesk.ts';
import { createStartGates, type StartGates } from './runs/startGates.ts';
import { createSealGate } from './secrets/sealGate.ts';
import { createSecretDesk } from './secrets/secretDesk.ts';
import { createStreams } from './terminal/streams.ts';

export interface HostOptions {
  readonly shell: DeskInfo['shell'];
  readonly version: string;
  /** Identity of this build, cited by each run. */
  readonly build?: string;
  /** Folder that holds `runbooks` and `assets`. */
  readonly appDir: string;
  readonly paths: Paths;
  readonly settings: SettingsStore;
  readonly secrets: SecretBox;
  readonly notices: readonly Failure[];
  /** In place of the person's own OpenSSH files. */
  readonly knownHosts?: readonly string[];
  readonly identityFiles?: readonly string[];
  /** In place of the person's OpenSSH configuration: a file, or `none`. */
  readonly sshConfig?: string;
  /** In place of the setting of this name. */
  readonly sshEngine?: Settings['sshEngine'];
  /** Keeps the computer awake while a run is open, in shells that do not do that themselves. */
  readonly keepAwake?: KeepAwake;
  /** Makes PDF of reports, in shells that can; else a Chromium of the system does. */
  readonly pdf?: PdfPrinter;
  /** A folder of what rehearsals share: see `RehearsalOptions`. */
  readonly prepared?: string;
  /** In place of the app's own linter and packages. */
  readonly gates?: Partial<StartGates>;
  readonly log?: (what: string, problem: unknown) => void;
}

/** A host, ready for its pages. */
export async function createHost(options: HostOptions): Promise<Result<Host>> {
  const sinks = new Set<ClientSink>();
  const emit = (event: HostEvent) => {
    for (const sink of sinks) sink.event(event);
    if (event.type === 'runs.changed')
      void stayAwake().catch((problem: unknown) => {
        log('staying awake', problem);
      });
  };
  const log = options.log ?? (() => undefined);
  const desks = createDesks(options, emit);
  await desks.bundles.tidy();
  // Making the device key now says at the start, not at the end of a run, when keys cannot be kept.
  const device = await desks.evidence.device();
  const notices = device.ok ? options.notices : [...options.notices, device.error];
  const info = () => deskInfo(options, desks.evidence, notices);

  async function stayAwake(): Promise<void> {
    const { keepAwake } = options;
    if (keepAwake === undefined) return;
    const open = (await desks.runs.list()).some((run) => run.status === 'open');
    if (open) await keepAwake.hold();
    else keepAwake.release();
  }

  return ok({
    connect(sink) {
      sinks.add(sink);
      const streams = createStreams((stream, bytes) => {
        sink.stream(stream, bytes);
      });
      const call = createDispatch(createHandlers({ ...desks, info }, streams), log);
      return {
        call,
        close() {
          sinks.delete(sink);
          streams.close();
        },
      };
    },
    async close() {
      desks.prompts.cancel();
      await desks.runs.close();
      await desks.rehearsal.close();
      desks.gate.close();
      await desks.bundles.closeAll();
      options.keepAwake?.release();
    },
  });
}

function createDesks(options: HostOptions, emit: (event: HostEvent) => void): Omit<Desks, 'info'> {
  const { paths, settings, secrets } = options;
  const app = { version: options.version, build: options.build ?? 'unknown' };
  const shipped = join(options.appDir, 'runbooks');
  const packageStore = createPackageStore(paths.data);
  const installed = createInstalledPackages({
    store: packageStore,
    // What the security team handed over: a desk's own keys release nothing.
    trust: () => trust.read(),
    now: () => systemClock.now(),
  });
  const releases = createReleases(installed);
  const siteOverlays = join(paths.data, 'overlays');
  // A person's own file wins over a package, and a package over what comes with the app.
  const own = paths.runbooks.filter((folder) => folder !== shipped);
  const library = createLibrary(
    [...own, installed.place, ...(own.length < paths.runbooks.length ? [shipped] : [])],
    {
      overlays: [siteOverlays, installed.place],
      rehearsal: [join(options.appDir, 'assets', 'rehearsal', 'overlay')],
    },
  );
  const rehearsal = createRehearsalDesk({
    data: paths.data,
    appDir: options.appDir,
    ...(options.prepared === undefined ? {} : { prepared: options.prepared }),
  });
  const prompts = createPrompts((open) => {
    emit({ type: 'prompts', prompts: open });
  });
  const peopleChanged = () => {
    emit({ type: 'people.changed' });
  };
  const runSecrets = createSecretDesk();
  const gate = createSealGate({ data: paths.data, secrets: runSecrets });
  const keyRing = createKeyRing({ paths, secrets, settings });
  const trust = createTrustStore({
    data: paths.data,
    own: () => evidence.trustFile(),
    now: () => systemClock.now(),
    onChanged: peopleChanged,
  });
  const signing = createSigning({
    paths,
    settings,
    clock: systemClock,
    keyRing,
    trust,
    evidence: () => evidence,
  });
  const evidence = createEvidenceDesk({
    paths,
    secrets,
    settings,
    clock: systemClock,
    app,
    keyRing,
    trust: () => trust.readWithOwn(),
    gate,
    reviews: async (runId) => {
      const run = await signing.sealed(runId);
      return run.ok ? ok(await signing.reviews.list(run.value)) : run;
    },
  });
  const openssh = createOpensshFinder();
  const reach = createReach({
    config: createConfigDesk({
      ssh: paths.ssh,
      settings: () => settings.read(),
      program: async () => (await openssh()).path ?? null,
      ...configFileOf(options),
    }),
    settings: () => ({
      ...settings.read(),
      ...(options.sshEngine === undefined ? {} : { sshEngine: options.sshEngine }),
    }),
    openssh,
    rehearsal,
    ...(options.knownHosts === undefined ? {} : { knownHosts: options.knownHosts }),
    ...(options.identityFiles === undefined ? {} : { identityFiles: options.identityFiles }),
  });
  const connect: ConnectDesk = {
    // Nobody's run asks: the question stands for the host that was typed.
    route: (to, via) =>
      reach.route(to, via, (at, question, signal) =>
        prompts.ask({ target: ROUTE, address: at }, question, signal),
      ),
    capabilities: async () => connectCapabilities(await openssh(), settings.read().agentSocket),
  };
  const gates = createStartGates({
    ids: () => library.ids(),
    signedBy: (entry) => releases.signedBy(entry),
    whyUnsigned: (entry) => releases.whyNot(entry),
    ...options.gates,
  });
  const runs = createRunDesk({
    data: paths.data,
    library,
    gates,
    settings,
    clock: systemClock,
    connect: createConnect(),
    resolve: (runId: RunId, target: TargetName, address: Address) =>
      reach.resolve(address, (at, question, signal) =>
        prompts.ask({ runId, target, address: at }, question, signal),
      ),
    watchGaps: (onGap) => {
      const watch = watchGaps({ onGap });
      return () => {
        watch.close();
      };
    },
    emit,
    app,
    device: () => evidence.device(),
    people: signing.people,
    secrets: runSecrets,
    seal: async (runId, journal) => {
      // Its connections are gone: a question that one of them still had is nobody's to answer.
      prompts.cancel(runId);
      const sealed = await evidence.seal(runId, journal);
      if (!sealed.ok) emit({ type: 'notice', failure: sealed.error });
    },
  });
  const plans = createPlanDesk({
    data: paths.data,
    runs,
    settings,
    clock: systemClock,
    judge: signing.judge,
    operatorKeys: signing.operatorKeys,
    releaseProblem: (fingerprint) => releaseProblem(trust, fingerprint),
    emit,
  });
  const requests = createRequestDesk({
    data: paths.data,
    plans,
    runs,
    reviews: signing.reviews,
    sealed: signing.sealed,
    signer: (source, passphrase) => keyRing.signer(source, passphrase),
    onChanged: peopleChanged,
  });
  const ledger = createLedgerDesk({
    data: paths.data,
    clock: systemClock,
    device: () => deviceKey(paths, secrets),
    isLive: (runId) => runs.live(runId) !== null,
    seal: (runId, journal) => evidence.seal(runId, journal),
    by: () => settings.read().operatorName,
    onChanged: () => {
      emit({ type: 'runs.changed' });
      emit({ type: 'people.changed' });
    },
  });
  const bundles = createBundleDesk({
    data: paths.data,
    trust: () => trust.readWithOwn(),
    bundleOf: (runId) => evidence.bundle(runId),
  });
  const reports = createReportDesk({
    data: paths.data,
    snapshot: (runId) => runs.snapshot(runId),
    view: (runId) => evidence.view(runId),
    bundle: (id) => bundles.get(id),
    pdf: options.pdf ?? createChromiumPrinter(),
  });
  const packages = createPackageDesk({
    store: packageStore,
    installed,
    library,
    uploads: bundles,
    trust: () => trust.read(),
    signer: (source, passphrase) => keyRing.signer(source, passphrase),
    clock: systemClock,
    isOwn: (file) => [...own, siteOverlays].some((folder) => file.startsWith(folder + sep)),
    onChanged: () => {
      emit({ type: 'library.changed' });
    },
  });
  const people = createPeopleDesk({ trust, keys: keyRing, clock: systemClock });
  const timestamps = createTimestampDesk({ data: paths.data, settings, trust, clock: systemClock });
  return {
    ...{ settings, library, runs, evidence, rehearsal, prompts, connect, ledger, plans, requests },
    lint: gates.lint,
    gate,
    people,
    timestamps,
    bundles,
    reports,
    packages,
    releases,
  };
}

/** Target that a question of `connect.route` carries: no run, no target. */
const ROUTE = TargetName.parse('route');

/** Files named on the command line stand alone, unless a configuration is named with them. */
function configFileOf(options: HostOptions): { readonly configFile?: string } {
  if (options.sshConfig !== undefined) return { configFile: options.sshConfig };
  const named = options.knownHosts !== undefined || options.identityFiles !== undefined;
  return named ? { configFile: 'none' } : {};
}

async function deskInfo(
  options: HostOptions,
  evidence: Desks['evidence'],
  notices: readonly Failure[],
): Promise<Result<DeskInfo>> {
  const device = await evidence.device();
  const local = await localShellCapability();
  return ok({
    version: options.version,
    build: options.build ?? 'unknown',
    platform: process.platform,
    shell: options.shell,
    home: join(options.paths.data),
    capabilities: [
      { id: 'local-shell', ok: local.ok, text: local.text },
      ...(options.keepAwake === undefined ? [] : [{ id: 'keep-awake', ...options.keepAwake.state() }]),
    ],
    device: device.ok ? device.value : { principal: '', fingerprint: '', protection: 'none' },
    notices,
  });
}
