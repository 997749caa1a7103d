/**
 * Which client makes a connection, and what stands against it. Must refuse before the first packet what a client
 * cannot do, with the reason, and never leave out in silence what the configuration asks for.
 */
import { access } from 'node:fs/promises';
import type { Settings } from '../../contract/settings.ts';
import type { Route } from '../../contract/routes.ts';
import { fail, type Failure } from '../../contract/result.ts';
import type { Evaluation } from './config/configDesk.ts';
import { showHop } from './config/hopText.ts';
import type { FoundOpenssh } from './openssh/findOpenssh.ts';
import { judgeHostKey } from './trust/knownHosts.ts';
import { readKnownHosts } from './trust/knownHostsFile.ts';

export interface EngineChoice {
  readonly engine: 'openssh' | 'ssh2';
  /** For a person. */
  readonly why: string;
  readonly refusal?: Failure;
}

/** Chooses by the settings and by what is installed. */
export function chooseEngine(setting: Settings['sshEngine'], found: FoundOpenssh): EngineChoice {
  if (setting === 'ssh2') return { engine: 'ssh2', why: 'The settings ask for the built-in client.' };
  if (found.suitable) {
    const why = setting === 'openssh' ? "The settings ask for the system's ssh" : "The system's ssh is there";
    return { engine: 'openssh', why: `${why} (${found.version}).` };
  }
  if (setting === 'auto') return { engine: 'ssh2', why: `The built-in client: ${found.reason}` };
  return {
    engine: 'openssh',
    why: "The settings ask for the system's ssh.",
    refusal: fail('unsupported', `The system's ssh cannot be used: ${found.reason}`, {
      kept: 'Nothing was sent to any host.',
      hint: 'Choose "auto" or the built-in client in Settings (on the command line --engine ssh2).',
    }).error,
  };
}

export interface RouteNote {
  readonly kind: Route['notes'][number]['kind'];
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

/** What a person should know of the way with this client. */
export function notesFor(engine: EngineChoice['engine'], hops: readonly Evaluation[]): readonly RouteNote[] {
  const notes = new Map<string, RouteNote>();
  const add = (note: RouteNote): void => {
    notes.set(`${note.kind}:${note.text}:${note.file ?? ''}:${String(note.line ?? 0)}`, note);
  };
  for (const { config, notes: told } of hops) {
    for (const note of told) add({ kind: 'match-exec', ...note });
    if (engine === 'ssh2') {
      for (const note of config.ignored) add({ kind: kindOf(note.text), ...note });
    } else {
      if (config.by === 'app') for (const note of config.ignored.flatMap(unseenBySsh)) add(note);
      for (const file of config.certificateFiles) {
        add({ kind: 'certificate', text: `${config.alias}: the certificate ${file} is offered.` });
      }
      if (config.proxyCommand !== '') {
        add({ kind: 'proxy-command', text: `${config.alias} is reached through: ${config.proxyCommand}` });
      }
    }
    if (config.identityAgent !== undefined) {
      const text =
        config.identityAgent === 'none'
          ? `${config.alias}: the configuration wants no agent.`
          : `${config.alias}: the agent is ${config.identityAgent} (IdentityAgent).`;
      add({ kind: 'agent', text });
    }
  }
  return [...notes.values()];
}

/** ssh is called without the configuration when `Match exec` was not allowed: what it would have read has no effect. */
function unseenBySsh({ text, ...place }: Evaluation['config']['ignored'][number]): readonly RouteNote[] {
  const kind = kindOf(text);
  // Those are given to ssh, or refused.
  if (kind !== 'ignored') return [];
  const what = text.replace(/ has no effect with the built-in client: .*$/s, '');
  return [{ kind, text: `${what} has no effect: Match exec was not allowed.`, ...place }];
}

function kindOf(text: string): RouteNote['kind'] {
  if (text.startsWith('ProxyCommand')) return 'proxy-command';
  return text.startsWith('CertificateFile') ? 'certificate' : 'ignored';
}

/**
 * Why the system's ssh cannot go this way, or null: it is called without the configuration when `Match exec` was not
 * allowed, and then has no ProxyCommand and does not know the revoked keys.
 */
export function systemRefusal(hops: readonly Evaluation[]): Failure | null {
  for (const { config } of hops) {
    if (config.by !== 'app') continue;
    if (config.proxyCommand !== '') {
      return unevaluated(config, `is reached through ProxyCommand (${short(config.proxyCommand)})`);
    }
    if (config.revokedHostKeys !== undefined) {
      return unevaluated(config, `has a list of revoked keys (${short(config.revokedHostKeys)})`);
    }
  }
  return null;
}

function unevaluated(config: Evaluation['config'], what: string): Failure {
  return fail(
    'refused',
    `${showHop(config)} ${what}, but the configuration may not be evaluated: its Match exec was not allowed.`,
    {
      kept: 'Nothing was sent to any host.',
      hint: 'Connect again and allow the commands of Match exec after reading them, or change the configuration of this host.',
    },
  ).error;
}

/** Why the built-in client cannot go this way, or null. `knownHosts` are in place of those of the configuration. */
export async function builtInRefusal(
  hops: readonly Evaluation[],
  knownHosts: readonly string[] | undefined,
  pinned: boolean,
): Promise<Failure | null> {
  for (const [index, { config }] of hops.entries()) {
    const address = showHop(config);
    if (config.proxyCommand !== '') {
      return refuse(`${address} is reached through ProxyCommand (${short(config.proxyCommand)})`);
    }
    if (config.revokedHostKeys !== undefined) {
      return refuse(
        `${address} has a list of revoked keys (RevokedHostKeys ${short(config.revokedHostKeys)})`,
      );
    }
    for (const file of config.certificateFiles) {
      if (await exists(file)) return refuse(`${address} is set up for the user certificate ${file}`);
    }
    const isLast = index === hops.length - 1;
    if (isLast && pinned) continue;
    const files = await readKnownHosts(knownHosts ?? config.knownHosts);
    if (!files.ok) return files.error;
    const verdict = judgeHostKey(
      files.value,
      config.host,
      config.port,
      new Uint8Array(),
      config.hostKeyAlias,
    );
    if (verdict.kind === 'unknown' && verdict.certAuthority !== undefined) {
      const { file, line } = verdict.certAuthority;
      return refuse(`${address} is trusted through a certificate authority (${file}:${String(line)})`);
    }
  }
  return null;
}

function refuse(what: string): Failure {
  return fail('unsupported', `${what}, which the built-in client cannot do.`, {
    kept: 'Nothing was sent to any host.',
    hint: "Use the system's ssh for it (Settings, or --engine openssh), or change the configuration of this host.",
  }).error;
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
