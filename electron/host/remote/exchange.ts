/** Small commands of the app's own on a host: sent, awaited, bounded in time and size. Never a step's command. */
import { randomBytes } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { ChannelEnd, Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';

export interface Exchange {
  readonly timeoutMs: number;
  readonly input?: Uint8Array;
  /** Gets all of stdout so far, whenever more has come. */
  readonly onText?: (text: string, channel: { write(text: string): void; end(): void }) => void;
  /** A channel that closes without a status is an answer, as long as the host is still there. */
  readonly endless?: boolean;
}

export interface Answer {
  readonly end: ChannelEnd;
  readonly stdout: string;
  readonly stderr: string;
}

const longestAnswer = 65_536;

/** Runs one command and resolves with what came back, or says why nothing did. */
export async function exchange(
  connection: Connection,
  command: string,
  options: Exchange,
): Promise<Result<Answer>> {
  const text = { stdout: '', stderr: '' };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let told = (): void => undefined;
  const opened = await connection.exec({
    command,
    onData: (stream, bytes) => {
      if (text[stream].length < longestAnswer)
        text[stream] += decoders[stream].decode(bytes, { stream: true });
      if (stream === 'stdout') told();
    },
  });
  if (!opened.ok) return opened;
  const channel = opened.value;
  const limit = { over: false };
  const timer = setTimeout(() => {
    limit.over = true;
    channel.close();
  }, options.timeoutMs);
  if (options.input !== undefined) channel.write(options.input);
  const { onText } = options;
  if (onText === undefined) channel.endInput();
  else {
    const handle = {
      write: (words: string) => {
        channel.write(Buffer.from(words));
      },
      end: () => {
        channel.endInput();
      },
    };
    told = () => {
      onText(text.stdout, handle);
    };
    told();
  }
  const end = await channel.ended;
  clearTimeout(timer);
  const { address } = connection.facts;
  if (limit.over) {
    return fail(
      'network',
      `${address} did not finish preparing within ${String(options.timeoutMs / 1000)} s.`,
      {
        hint: 'A start-up file of the account (.bashrc, .profile) may be waiting for something.',
      },
    );
  }
  if (end.how === 'lost' && !(options.endless === true && (await connection.alive(options.timeoutMs)))) {
    return fail('network', `Contact with ${address} was lost while preparing it. ${end.why}`);
  }
  return ok({ end, ...text });
}

/** Puts bytes into a file of mode 0600 and has the host count them. `file` needs no quoting. */
export async function upload(
  connection: Connection,
  file: string,
  bytes: Uint8Array,
  timeoutMs: number,
): Promise<Result<undefined>> {
  // Two connections of one run may put the same file at the same time.
  const part = `${file}.${randomBytes(6).toString('hex')}`;
  const script = `umask 077; cat >${part} && wc -c <${part} && mv -f ${part} ${file}`;
  const done = await exchange(connection, `exec /bin/sh -c '${script}'`, { timeoutMs, input: bytes });
  if (!done.ok) return done;
  const { end, stdout, stderr } = done.value;
  const counted = new RegExp(`(^|\\s)${String(bytes.byteLength)}\\s*$`).test(stdout);
  if (end.how === 'exit' && end.code === 0 && counted) return ok(undefined);
  const { address } = connection.facts;
  const said = cleanLine(stderr, 200);
  return fail(
    'refused',
    `The command could not be put into ${file} on ${address} (${describeEnd(end)}). ${said}`,
    {
      kept: 'Nothing was run.',
      hint: 'Check that there is room on the host, then try again.',
    },
  );
}

/** `exit 1`, `signal KILL`, or why contact went. */
export function describeEnd(end: ChannelEnd): string {
  switch (end.how) {
    case 'exit':
      return `exit ${String(end.code)}`;
    case 'signal':
      return `signal ${end.signal}`;
    case 'lost':
      return end.why;
  }
}
