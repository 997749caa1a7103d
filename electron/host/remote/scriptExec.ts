/**
 * Runs a small POSIX script of the app's own on a host, whatever the login shell is: the script goes through standard
 * input, so that no login shell reads it. Must never run a script that did not arrive whole.
 */
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { ChannelEnd, Connection } from '../connect/connection.ts';

const lastLine = '#whole';

/** An exec request and the first bytes of its standard input; what follows them there is the script's own input. */
export interface ScriptRequest {
  readonly command: string;
  readonly input: Uint8Array;
}

/** `dd` with a block of one byte takes exactly the script and leaves the rest of standard input alone. */
export function scriptRequest(script: string): ScriptRequest {
  const input = Buffer.from(`${script}\n${lastLine}`, 'utf8');
  const read = `__hp=$(dd bs=1 count=${String(input.byteLength)} 2>/dev/null)`;
  const command = `exec /bin/sh -c '${read}; case $__hp in *"${lastLine}") eval "$__hp" ;; *) exit 126 ;; esac'`;
  return { command, input };
}

export interface ScriptAnswer {
  readonly end: ChannelEnd;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScriptOptions {
  readonly timeoutMs: number;
  /** What the script finds on its standard input; the end of it follows. */
  readonly input?: Uint8Array;
  /** Looks at stdout whenever more has come; when it says true the channel is closed and the answer taken as it is. */
  readonly enough?: (stdout: string) => boolean;
}

const longestAnswer = 1_048_576;

/** Runs a script to its end. A failure means that contact was lost or time was over; the script may have run. */
export async function runScript(
  connection: Connection,
  script: string,
  options: ScriptOptions,
): Promise<Result<ScriptAnswer>> {
  const request = scriptRequest(script);
  const text = { stdout: '', stderr: '' };
  const state = { late: false, enough: false };
  let stop = (): void => undefined;
  const opened = await connection.exec({
    command: request.command,
    onData: (stream, bytes) => {
      if (text[stream].length < longestAnswer) text[stream] += Buffer.from(bytes).toString('latin1');
      if (stream === 'stdout' && options.enough?.(text.stdout) === true) {
        state.enough = true;
        stop();
      }
    },
  });
  if (!opened.ok) return opened;
  const channel = opened.value;
  stop = () => {
    channel.close();
  };
  const timer = setTimeout(() => {
    state.late = true;
    channel.close();
  }, options.timeoutMs);
  channel.write(request.input);
  if (options.input !== undefined) channel.write(options.input);
  channel.endInput();
  const end = await channel.ended;
  clearTimeout(timer);
  const { address } = connection.facts;
  if (state.enough) return ok({ end: { how: 'exit', code: 0 }, ...decoded(text) });
  if (state.late) {
    return fail('network', `${address} did not answer within ${String(options.timeoutMs / 1000)} s.`);
  }
  if (end.how === 'lost') return fail('network', `Contact with ${address} was lost. ${end.why}`);
  return ok({ end, ...decoded(text) });
}

function decoded(text: { readonly stdout: string; readonly stderr: string }): {
  readonly stdout: string;
  readonly stderr: string;
} {
  const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');
  return { stdout: utf8(text.stdout), stderr: utf8(text.stderr) };
}
