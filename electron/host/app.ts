/** Puts the host together from its parts. The only place that knows all of them. */
import { join } from 'node:path';
import type { DeskInfo, HostEvent } from '../contract/calls.ts';
import type { Address } from '../contract/plan.ts';
import type { RunId, TargetName } from '../contract/ids.ts';
import { type Failure, ok, type Result } from '../contract/result.ts';
import { systemClock } from './clock.ts';
import { localShellCapability } from './connect/local/localShell.ts';
import { createReach } from './connect/reach.ts';
import { connectSsh2 } from './connect/ssh2/ssh2Connection.ts';
import { createDispatch } from './dispatch.ts';
import { createEvidenceDesk } from './evidence/evidenceDesk.ts';
import { createHandlers, type Desks } from './handlers.ts';
import type { ClientSink, Host } from './host.ts';
import { createLibrary } from './library/library.ts';
import type { Paths, SecretBox, SettingsStore } from './ports.ts';
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
  readonly log?: (what: string, problem: unknown) => void;
}

/** A host, ready for its pages. */
export async function createHost(options: HostOptions): Promise<Result<Host>> {
  const sinks = new Set<ClientSink>();
  const emit = (event: HostEvent) => {
    for (const sink of sinks) sink.event(event);
  };
  const log = options.log ?? (() => undefined);
  const desks = createDesks(options, emit);
  // Making the device key now says at the start, not at the end of a run, when keys cannot be kept.
  const device = await desks.evidence.device();
  const notices = device.ok ? options.notices : [...options.notices, device.error];
  const info = () => deskInfo(options, desks.evidence, notices);

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
  const reach = createReach({
    ssh: paths.ssh,
    agentSocket: () => settings.read().agentSocket,
    rehearsal,
    ...(options.knownHosts === undefined ? {} : { knownHosts: options.knownHosts }),
    ...(options.identityFiles === undefined ? {} : { identityFiles: options.identityFiles }),
  });
  const runs = createRunDesk({
    data: paths.data,
    library,
    settings,
    clock: systemClock,
    connect: connectSsh2,
    resolve: (runId: RunId, target: TargetName, address: Address) =>
      reach(target, address, (at, question) => prompts.ask({ runId, target, address: at }, question)),
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
  return { settings, library, runs, evidence, rehearsal, prompts };
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
    capabilities: [{ id: 'local-shell', ok: local.ok, text: local.text }],
    device: device.ok ? device.value : { principal: '', fingerprint: '', protection: 'none' },
    notices,
  });
}
