/** Puts the host together from its parts. The only place that knows all of them. */
import { join } from 'node:path';
import type { DeskInfo, HostEvent, Settings } from '../contract/calls.ts';
import { type RunId, TargetName } from '../contract/ids.ts';
import type { Address } from '../contract/plan.ts';
import { type Failure, ok, type Result } from '../contract/result.ts';
import { systemClock } from './clock.ts';
import { createConfigDesk } from './connect/config/configDesk.ts';
import { createConnect, createOpensshFinder } from './connect/engines.ts';
import { localShellCapability } from './connect/local/localShell.ts';
import { createReach } from './connect/reach.ts';
import { connectCapabilities } from './connect/capabilities.ts';
import { createDispatch } from './dispatch.ts';
import { createEvidenceDesk } from './evidence/evidenceDesk.ts';
import { type ConnectDesk, createHandlers, type Desks } from './handlers.ts';
import type { ClientSink, Host } from './host.ts';
import { createLibrary } from './library/library.ts';
import type { Paths, SecretBox, SettingsStore } from './ports.ts';
import { watchGaps } from './power/gaps.ts';
import type { KeepAwake } from './power/keepAwake.ts';
import { createPrompts } from './prompts.ts';
import { createRehearsalDesk } from './rehearsal/rehearsalDesk.ts';
import { createRunDesk } from './runs/runDesk.ts';
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
      options.keepAwake?.release();
    },
  });
}

function createDesks(options: HostOptions, emit: (event: HostEvent) => void): Omit<Desks, 'info'> {
  const { paths, settings, secrets } = options;
  const app = { version: options.version, build: options.build ?? 'unknown' };
  const library = createLibrary(paths.runbooks);
  const rehearsal = createRehearsalDesk({ data: paths.data, appDir: options.appDir });
  const prompts = createPrompts((open) => {
    emit({ type: 'prompts', prompts: open });
  });
  const evidence = createEvidenceDesk({ paths, secrets, settings, clock: systemClock, app });
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
  const runs = createRunDesk({
    data: paths.data,
    library,
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
    seal: async (runId, journal) => {
      // Its connections are gone: a question that one of them still had is nobody's to answer.
      prompts.cancel(runId);
      const sealed = await evidence.seal(runId, journal);
      if (!sealed.ok) emit({ type: 'notice', failure: sealed.error });
    },
  });
  return { settings, library, runs, evidence, rehearsal, prompts, connect };
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
