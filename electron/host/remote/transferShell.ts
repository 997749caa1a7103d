/**
 * Moves one file through a POSIX shell, for hosts that offer no SFTP, and has the host count a digest. Must never
 * leave a half-written file under its final name on the host.
 */
import { randomBytes } from 'node:crypto';
import type { Sha256 } from '../../contract/ids.ts';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { ChannelEnd, CommandChannel, Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { quote } from './quote.ts';
import { scriptRequest } from './scriptExec.ts';
import { digestIn, hashFunction } from './transferDigest.ts';
import { type Sink, tooLarge } from './transferLocal.ts';
import { could, type Moving, type OnHost } from './transferSftp.ts';

/** Permission bits in octal, seconds of the last change, or \`-\`. */
const metaFunction = `hp_meta() {
  stat -L -c '%a %Y' -- "$1" 2>/dev/null || stat -L -f '%Lp %m' -- "$1" 2>/dev/null || echo '- -'
}`;

/** Reads a file into the sink. `size`: what the host said before. */
export async function fetchShell(
  connection: Connection,
  moving: Moving,
  sink: Sink,
  signal?: AbortSignal,
): Promise<Result<OnHost & { readonly size: number }>> {
  const nonce = randomBytes(12).toString('hex');
  const script = `${metaFunction}
hp_p=${quote(moving.path)}
LC_ALL=C; export LC_ALL
hp_say() { printf '%s %s\\n' ${nonce} "$*" >&2; }
[ -e "$hp_p" ] || [ -L "$hp_p" ] || { hp_say no there is no such file or folder; exit 3; }
[ ! -d "$hp_p" ] || { hp_say no it is a folder; exit 3; }
[ -f "$hp_p" ] || { hp_say no it is no regular file; exit 3; }
[ -r "$hp_p" ] || { hp_say no permission denied; exit 3; }
exec 3<"$hp_p" || exit 3
set -- $(ls -lnL -- "$hp_p"); hp_size=$5
[ "$hp_size" -le ${String(moving.maxBytes)} ] || { hp_say large "$hp_size"; exit 3; }
hp_say size "$hp_size"
printf '%s\\n' ${nonce}
cat <&3 || { hp_say no it could not be read to its end; exit 3; }
hp_say whole $(hp_meta "$hp_p")`;
  const request = scriptRequest(script);
  const words = wordsOf(nonce);
  const intake = createIntake(nonce, moving, sink, () => words.number('size'));
  const opened = await connection.exec({
    command: request.command,
    onData: (stream, bytes) => {
      if (stream === 'stderr') words.take(bytes);
      else intake.take(bytes);
    },
  });
  if (!opened.ok) return opened;
  const channel = opened.value;
  intake.source(channel);
  const stop = (): void => {
    channel.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  channel.write(request.input);
  channel.endInput();
  const end = await channel.ended;
  signal?.removeEventListener('abort', stop);
  const written = await intake.done();
  if (signal?.aborted === true) return cancelled(moving);
  if (!written.ok) return written;
  const large = words.number('large');
  if (large !== null)
    return tooLarge(`${moving.path} on ${moving.address}`, large, moving.maxBytes, 'Nothing was fetched.');
  const why = words.rest('no');
  if (why !== null) {
    const code = why.startsWith('there is no such') ? 'not-found' : 'refused';
    return could('fetched', moving, { code, message: why });
  }
  const meta = words.rest('whole');
  if (meta === null) return broken('fetched', moving, end, words.other());
  return ok({ ...metaOf(meta), size: words.number('size') ?? 0 });
}

/** Takes the file's bytes to the sink, in order, and holds the host back while the disk is slow. */
function createIntake(nonce: string, moving: Moving, sink: Sink, total: () => number | null) {
  const mark = Buffer.from(`${nonce}\n`);
  const trouble: { failure: Result<never> | null } = { failure: null };
  let before: Buffer | null = Buffer.alloc(0);
  let pending = 0;
  let taken = 0;
  let chain: Promise<void> = Promise.resolve();
  let channel: CommandChannel | null = null;
  function give(failure: Result<never>): void {
    trouble.failure ??= failure;
    channel?.close();
  }
  function queue(bytes: Buffer): void {
    if (bytes.byteLength === 0 || trouble.failure !== null) return;
    taken += bytes.byteLength;
    if (taken > moving.maxBytes) {
      give(tooLarge(`${moving.path} on ${moving.address}`, 0, moving.maxBytes, 'Nothing was kept.'));
      return;
    }
    pending += bytes.byteLength;
    if (pending > 4_194_304) channel?.pause();
    chain = chain.then(async () => {
      const written = trouble.failure === null ? await sink.write(bytes) : ok(null);
      if (!written.ok) give(written);
      pending -= bytes.byteLength;
      if (pending < 1_048_576) channel?.resume();
      moving.onProgress(sink.bytes, total());
    });
  }
  return {
    source: (from: CommandChannel) => {
      channel = from;
    },
    take: (bytes: Uint8Array) => {
      const copy = Buffer.from(Uint8Array.from(bytes));
      if (before === null) {
        queue(copy);
        return;
      }
      before = Buffer.concat([before, copy]);
      const found = before.indexOf(mark);
      if (found === -1) return;
      const rest = before.subarray(found + mark.byteLength);
      before = null;
      queue(rest);
    },
    done: async (): Promise<Result<null>> => {
      await chain;
      return trouble.failure ?? ok(null);
    },
  };
}

export interface PutShell extends Moving {
  readonly mode?: number;
  readonly sha256: Sha256;
}

/** Writes beside, has the host count bytes and digest, and renames only when both are right and it was told to. */
export async function putShell(
  connection: Connection,
  moving: PutShell,
  bytes: Buffer,
  signal?: AbortSignal,
): Promise<Result<OnHost & { readonly hostSha256?: Sha256 }>> {
  const nonce = randomBytes(12).toString('hex');
  const request = scriptRequest(putScript(moving, bytes.byteLength, nonce));
  const words = wordsOf(nonce);
  const link: { channel: CommandChannel | null; committed: boolean } = { channel: null, committed: false };
  const opened = await connection.exec({
    command: request.command,
    onData: (stream, some) => {
      if (stream !== 'stderr') return;
      words.take(some);
      if (link.committed || signal?.aborted === true || words.rest('staged') === null) return;
      link.committed = true;
      link.channel?.write(Buffer.from('commit\n'));
      link.channel?.endInput();
    },
  });
  if (!opened.ok) return opened;
  const channel = opened.value;
  link.channel = channel;
  const stop = (): void => {
    // From the commit on it is the host's to say how it ended.
    if (!link.committed) channel.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  channel.write(request.input);
  channel.write(bytes);
  const end = await channel.ended;
  signal?.removeEventListener('abort', stop);
  if (signal?.aborted === true && !link.committed) return cancelled(moving);
  const why = words.rest('no');
  if (why !== null) {
    const code = why.startsWith('there is no such') ? 'not-found' : 'refused';
    return could('put', moving, { code, message: why });
  }
  const done = words.rest('done');
  if (done === null) return broken('put', moving, end, words.other());
  moving.onProgress(bytes.byteLength, bytes.byteLength);
  const hostSha256 = digestIn(done);
  return ok({ ...metaOf(done), ...(hostSha256 === undefined ? {} : { hostSha256 }) });
}

function putScript(moving: PutShell, size: number, nonce: string): string {
  const folder = moving.path.slice(0, moving.path.lastIndexOf('/') + 1);
  const mode = moving.mode === undefined ? '' : moving.mode.toString(8);
  return `${hashFunction}
${metaFunction}
hp_p=${quote(moving.path)} hp_f=${quote(folder)} hp_m=${mode}
hp_t=$hp_f.holdpoint-${nonce.slice(0, 16)}.part
LC_ALL=C; export LC_ALL
umask 077
hp_say() { printf '%s %s\n' ${nonce} "$*" >&2; }
hp_no() { hp_say no "$@"; exit 3; }
hp_look() {
  [ ! -L "$hp_p" ] || hp_no a symbolic link of this name is there
  [ ! -d "$hp_p" ] || hp_no a folder of this name is there
  [ ! -e "$hp_p" ] || [ -f "$hp_p" ] || hp_no no regular file of this name is there
}
hp_look
[ -d "$hp_f" ] || hp_no there is no such file or folder
[ -w "$hp_f" ] || hp_no permission denied
trap 'rm -f -- "$hp_t"' EXIT
trap 'exit 1' HUP INT TERM PIPE
hp_e=$( (set -C; head -c ${String(size)} >"$hp_t") 2>&1 ) || hp_no it could not be written there, "$hp_e"
set -- $(ls -ln -- "$hp_t")
[ "$5" = ${String(size)} ] || hp_no only "$5" of ${String(size)} bytes arrived
hp_owner=$3:$4
hp_h=$(hp_hash <"$hp_t")
case $hp_h in *${moving.sha256}* | none) ;; *) hp_no other bytes arrived than were sent ;; esac
if [ -e "$hp_p" ]; then
  set -- $(ls -ln -- "$hp_p")
  [ "$3:$4" = "$hp_owner" ] || chown "$3:$4" "$hp_t" 2>/dev/null ||
    hp_no the file there belongs to "$3:$4", which could not be kept
  if [ -z "$hp_m" ]; then set -- $(hp_meta "$hp_p"); hp_m=$1; fi
fi
case $hp_m in '' | -) hp_m=644 ;; esac
chmod "$hp_m" "$hp_t" || hp_no its mode could not be set
sync "$hp_t" 2>/dev/null
hp_say staged now
IFS= read -r hp_go && [ "$hp_go" = commit ] || exit 1
hp_look
hp_e=$(mv -f -- "$hp_t" "$hp_p" 2>&1) || hp_no "$hp_e"
trap - EXIT
hp_say done $(hp_meta "$hp_p") "$hp_h"`;
}

/** The script's own words on stderr, told from what else comes there by the nonce. */
function wordsOf(nonce: string) {
  let text = '';
  const rest = (word: string): string | null => {
    const line = text.split('\n').find((one) => one.includes(`${nonce} ${word} `));
    return line === undefined
      ? null
      : cleanLine(line.slice(line.indexOf(nonce) + nonce.length + word.length + 2), 300);
  };
  return {
    take: (bytes: Uint8Array) => {
      if (text.length < 65_536) text += Buffer.from(bytes).toString('utf8');
    },
    rest,
    number: (word: string): number | null => {
      const found = /^\d+/.exec(rest(word) ?? '');
      return found === null ? null : Number(found[0]);
    },
    other: () => cleanLine(text, 200),
  };
}

function metaOf(text: string): OnHost {
  const [, mode, mtime] = /^\s*([0-7]+) (\d+)/.exec(text) ?? [];
  return {
    mode: mode === undefined ? 0 : Number.parseInt(mode, 8) & 0o7777,
    mtime: mtime === undefined ? null : Number(mtime) * 1000,
  };
}

/** The script did not get to its end. When a put was cut off, the host may have finished it all the same. */
function broken(what: 'fetched' | 'put', moving: Moving, end: ChannelEnd, said: string): Result<never> {
  const kept =
    what === 'put' ? 'It is either as it was or whole and new, never half.' : 'Nothing was kept here.';
  if (end.how === 'lost') {
    return fail(
      'network',
      `Contact with ${moving.address} was lost while ${moving.path} was ${what}. ${end.why}`,
      {
        kept,
      },
    );
  }
  return fail('unsupported', `${moving.address} could not run what moves a file: ${said}`, { kept });
}

function cancelled(moving: Moving): Result<never> {
  return fail('cancelled', `The transfer of ${moving.path} with ${moving.address} was stopped.`);
}
