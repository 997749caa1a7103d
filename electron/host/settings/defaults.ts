/** The settings of a desk on which nothing was changed yet. */
import os from 'node:os';
import type { Settings } from '../../contract/settings.ts';
import type { Environment } from './paths.ts';

export interface Person {
  readonly user: string;
  readonly hostname: string;
  /** IANA name of the local time zone, shown beside UTC. */
  readonly timeZone: string;
  readonly agentSocket: string;
}

/** Defaults for a person at a machine. Lengths fit the settings schema. */
export function defaultSettings(person: Person): Settings {
  return {
    operatorName: person.user.slice(0, 100),
    operatorPrincipal: `${person.user}@${person.hostname}`.slice(0, 200),
    operatorKey: { kind: 'app' },
    theme: 'system',
    timeZone: person.timeZone.slice(0, 64),
    terminalFontSize: 14,
    agentSocket: person.agentSocket.length > 1024 ? '' : person.agentSocket,
    sshEngine: 'auto',
    sshConfig: 'use',
    matchExec: 'ask',
    filesOnHosts: 'allowed',
    keepAliveSeconds: 15,
    keepAliveCount: 3,
    policy: {},
    policyInRehearsals: false,
    tsaUrl: '',
    requestHours: 24,
  };
}

/** Who sits here, by the operating system. */
export function personHere(env: Environment): Person {
  return {
    user: userName(env),
    hostname: os.hostname() || 'localhost',
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    agentSocket: env['SSH_AUTH_SOCK'] ?? '',
  };
}

function userName(env: Environment): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user id without an entry in the user database, as containers have.
    return env['USER'] ?? env['LOGNAME'] ?? env['USERNAME'] ?? 'operator';
  }
}
