/**
 * Makes a connection ready for steps: finds what the host is, makes the private folder that carries state from step to
 * step, and wraps commands. Must never leave the folder behind once it is told to clean up, and never run a step's
 * command by itself.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { initialState } from './carry.ts';
import { exchange, upload } from './exchange.ts';
import { liveShellCommand } from './liveSetup.ts';
import type { HostOptions, PreparedHost } from './preparedHost.ts';
import { identify, survey } from './survey.ts';
import type { Survey } from './survey.ts';
import { directExec, encodedExec, fileExec, signalExec } from './wire.ts';
import { checkCommand, fileScript } from './wrapper.ts';
import type { WrapperHost } from './wrapper.ts';

export type { FilesOnHosts, HostOptions, HostShell, PreparedHost } from './preparedHost.ts';

/** A host that is in trouble, and worked on for that reason, may be slow to answer. In ms, for each question. */
const PATIENCE_MS = 60_000;
/** An exec string longer than this goes into a file on the host. */
const longestInlineBytes = 65_536;
/** Linux takes no longer argument than 131 072 bytes; where no file may be written, up to here is used. */
const longestArgumentBytes = 130_000;

/** Prepares a host. What an earlier connection of the same run left there is taken up again. */
export async function prepareHost(
  connection: Connection,
  options: HostOptions,
): Promise<Result<PreparedHost>> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const badName = Object.keys(options.env ?? {}).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (badName !== undefined)
    return fail('bad-request', `${JSON.stringify(badName)} is no name for a variable.`);
  const identified = await identify(connection, timeoutMs);
  if (!identified.ok) return identified;
  if (identified.value.kind === 'observed') return ok(observedHost(identified.value.rttMs));
  const found = await survey(connection, options, timeoutMs);
  if (!found.ok) return found;
  return posixHost(connection, options, found.value, cleanLine(identified.value.noise, 200));
}

/** A host without a POSIX shell: commands go as they are, nothing is kept there. */
function observedHost(rttMs: number): PreparedHost {
  return {
    shell: 'none',
    loginShell: null,
    pipefail: false,
    carries: false,
    stateDir: null,
    fresh: true,
    clockOffsetMs: null,
    rttMs,
    noise: '',
    startMark: null,
    wrap: (command) => {
      const fit = checkCommand(command);
      if (!fit.ok) return Promise.resolve(fit);
      return Promise.resolve(
        Buffer.byteLength(command) > longestInlineBytes ? tooLong(command, 'this host takes') : ok(command),
      );
    },
    signalCommand: () => null,
    liveShell: () => Promise.resolve(ok(null)),
    cleanup: () => Promise.resolve(),
  };
}

async function posixHost(
  connection: Connection,
  options: HostOptions,
  found: Survey,
  noise: string,
): Promise<Result<PreparedHost>> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const env = options.env ?? {};
  const { stateDir } = found;
  const host: Omit<WrapperHost, 'tag'> = {
    shell: found.shell,
    shellPath: found.shellPath,
    pipefail: found.pipefail,
    stateDir,
    env,
    startMark: noise === '' ? null : digits(),
  };
  if (stateDir !== null && !found.hasState) {
    const kept = await upload(connection, `${stateDir}/state`, Buffer.from(initialState(env)), timeoutMs);
    if (!kept.ok) return kept;
  }
  let uploads = 0;
  let last = '';

  async function wrap(command: string, carry: boolean): Promise<Result<string>> {
    const fit = checkCommand(command);
    if (!fit.ok) return fit;
    const longest = stateDir === null ? longestArgumentBytes : longestInlineBytes;
    last = randomBytes(6).toString('hex');
    const tagged = { ...host, tag: last };
    const inline = inlineExec(command, tagged, carry, found);
    if (inline !== null && Buffer.byteLength(inline) <= longest) return ok(inline);
    if (stateDir === null) return tooLong(command, 'can be sent where no file may be kept on the host');
    uploads += 1;
    const file = `${stateDir}/command-${String(uploads)}`;
    const script = Buffer.from(fileScript(command, tagged, carry));
    const put = await upload(connection, file, script, timeoutMs);
    return put.ok ? ok(fileExec(file, tagged)) : put;
  }

  return ok({
    shell: found.shell,
    loginShell: found.loginShell,
    pipefail: found.pipefail,
    carries: stateDir !== null,
    stateDir,
    fresh: !found.hasState,
    clockOffsetMs: found.clockOffsetMs,
    rttMs: found.rttMs,
    noise,
    startMark: host.startMark,
    wrap: (command, { carry }) => wrap(command, carry),
    signalCommand: (name) => (stateDir === null || last === '' ? null : signalExec(name, stateDir, last)),
    liveShell: (nonce) => liveShellCommand(connection, { ...found, nonce, timeoutMs }),
    cleanup: async () => {
      if (stateDir === null) return;
      await exchange(connection, `exec /bin/sh -c 'rm -rf -- ${stateDir}'`, { timeoutMs });
    },
  });
}

/** The command inside the exec request, in plain words where they are understood and not much longer. */
function inlineExec(
  command: string,
  host: WrapperHost,
  carry: boolean,
  found: Pick<Survey, 'direct' | 'base64'>,
): string | null {
  const direct = found.direct ? directExec(command, host, carry) : null;
  if (!found.base64) return direct;
  if (direct !== null && Buffer.byteLength(direct) <= longestInlineBytes) return direct;
  return encodedExec(command, host, carry);
}

function tooLong(command: string, where: string): Result<never> {
  return fail(
    'bad-request',
    `The command is ${String(Buffer.byteLength(command))} bytes long; about ${String(longestInlineBytes)} ${where}. Nothing was sent.`,
    { hint: 'Deploy it as a script and run that.' },
  );
}

/** Digits only: every shell's prompt takes them as part of the sequence they stand in. */
function digits(): string {
  return Array.from({ length: 6 }, () => String(randomInt(1_000_000)).padStart(6, '0')).join('');
}
