/** Reads what the verifier is given to trust. A file that cannot be read is an error: trust left out is trust changed. */
import { createReadStream } from 'node:fs';
import { appendFile, open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fail, ok, type Result } from '../contract/result.ts';
import { type AnchorLine, anchorLineOf } from '../domain/verify/anchorLog.ts';
import type { Trust } from '../domain/verify/verify.ts';
import type { VerifyArgs } from './args.ts';

const MAX_TRUST_BYTES = 64 * 1024 * 1024;

/** Everything but the replay cache. `not-found` or `storage` name the file. */
export async function readTrustFiles(args: VerifyArgs): Promise<Result<Trust>> {
  const texts = new Map<string, string>();
  for (const name of ['allowedSigners', 'revoked', 'tsaCa'] as const) {
    const path = args[name];
    if (path === undefined) continue;
    const text = await readTrust(path);
    if (!text.ok) return text;
    texts.set(name, text.value.toString(name === 'revoked' ? 'latin1' : 'utf8'));
  }
  const anchors = args.anchors === undefined ? undefined : await readAnchors(args.anchors);
  if (anchors?.ok === false) return anchors;
  const ledger = args.ledger === undefined ? undefined : await readLedgerFiles(args.ledger);
  if (ledger?.ok === false) return ledger;
  const seen = args.seen === undefined ? undefined : await readSeen(args.seen);
  if (seen?.ok === false) return seen;
  const [revoked, tsaCa] = [texts.get('revoked'), texts.get('tsaCa')];
  return ok({
    allowedSigners: texts.get('allowedSigners') ?? '',
    ...(revoked === undefined ? {} : { revoked }),
    ...(tsaCa === undefined ? {} : { tsaCa }),
    ...(anchors === undefined ? {} : { anchors: anchors.value }),
    ...(ledger === undefined ? {} : { ledger: ledger.value }),
    ...(seen === undefined ? {} : { seen: seen.value }),
    ...(args.at === undefined ? {} : { at: args.at }),
    ...(args.minimum === undefined ? {} : { minimum: args.minimum }),
  });
}

async function readTrust(path: string): Promise<Result<Buffer>> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MAX_TRUST_BYTES) return fail('bad-request', `${path} is larger than 64 MiB.`);
      return ok(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    return unreadable(path, error);
  }
}

/** A log export may be of any length: only its lines with heads are kept. */
async function readAnchors(path: string): Promise<Result<readonly AnchorLine[]>> {
  const found: AnchorLine[] = [];
  const stream = createReadStream(path);
  try {
    let line = 0;
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line += 1;
      const anchor = anchorLineOf(text, line);
      if (anchor !== null) found.push(anchor);
    }
    return ok(found);
  } catch (error) {
    return unreadable(path, error);
  } finally {
    stream.destroy();
  }
}

async function readLedgerFiles(path: string): Promise<Result<NonNullable<Trust['ledger']>>> {
  const text = await readTrust(path);
  if (!text.ok) return text;
  const signature = await readFile(`${path}.sig`).catch(() => null);
  return ok({ text: text.value.toString('utf8'), signatures: signature === null ? [] : [signature] });
}

/** One line a run: its id and the digest of its manifest. A file that is not there yet is an empty one. */
async function readSeen(path: string): Promise<Result<ReadonlyMap<string, string>>> {
  const text = await readTrust(path);
  if (!text.ok) return text.error.code === 'not-found' ? ok(new Map()) : text;
  const seen = new Map<string, string>();
  for (const line of text.value.toString('latin1').split('\n')) {
    if (line === '') continue;
    const [, runId, sha256] = /^(\d{8}T\d{6}Z-[0-9a-f]{6}) ([0-9a-f]{64})$/.exec(line) ?? [];
    if (runId === undefined || sha256 === undefined)
      return fail('bad-request', `${path} is not a list of seen runs.`);
    if (!seen.has(runId)) seen.set(runId, sha256);
  }
  return ok(seen);
}

/** Remembers a run that was verified. */
export async function rememberSeen(
  path: string,
  runId: string,
  manifestSha256: string,
): Promise<Result<null>> {
  try {
    await appendFile(path, `${runId} ${manifestSha256}\n`);
    return ok(null);
  } catch (error) {
    return unreadable(path, error, 'written');
  }
}

function unreadable(path: string, error: unknown, what = 'read'): Result<never> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOENT'
    ? fail('not-found', `There is no file ${path}.`)
    : fail('storage', `${path} cannot be ${what}${code === '' ? '' : ` (${code})`}.`);
}
