/**
 * Reviews of a run that is sealed: what is asked of the reviewer, and what they signed, beside the signatures in
 * attest/. A review is added after the seal and changes nothing that is sealed.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EvidenceView } from '../../contract/views.ts';
import type { Instant, RunId, Sha256 } from '../../contract/ids.ts';
import type { GivenSignature, SignatureWanted, SignRequest } from '../../contract/people.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ReviewStatement } from '../../contract/statements.ts';
import { escapeText } from '../../domain/evidence/jcs.ts';
import { reviewPaths } from '../../domain/evidence/names.ts';
import { parseStatementOf, signRequest, statementText } from '../../domain/evidence/statements.ts';
import { sameSigner } from '../../domain/run/people.ts';
import { systemCode, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import { givenOf, type JudgedSignature, type JudgeSignature, type OperatorIdentity } from './judge.ts';

export type ReviewWanted = Extract<SignatureWanted, { kind: 'review' }>;
export type Review = EvidenceView['reviews'][number];

const MAX_REVIEWS = 99;

export interface ReviewOptions {
  readonly data: string;
  readonly clock: Clock;
  readonly judge: JudgeSignature;
}

/** A run that can be reviewed: its folder, the digest of its manifest, who ran it. */
export interface SealedRun {
  readonly runId: RunId;
  readonly dir: string;
  readonly manifestSha256: Sha256;
  readonly operator: OperatorIdentity;
}

export interface Reviews {
  /** The statement of what the reviewer says, made once and kept until it is signed. */
  request(run: SealedRun, wanted: ReviewWanted): Promise<Result<SignRequest>>;
  /** Takes a review in. `shown`: SHA-256 of the statement that was signed. */
  accept(run: SealedRun, shown: Sha256, armor: string): Promise<Result<GivenSignature>>;
  /** The reviews that count now. */
  list(run: SealedRun): Promise<readonly Review[]>;
}

export function createReviews(options: ReviewOptions): Reviews {
  const pendingFolder = (runId: RunId) => join(options.data, 'requests', runId);

  async function request(run: SealedRun, wanted: ReviewWanted): Promise<Result<SignRequest>> {
    const comment = escapeText(wanted.comment.trim());
    for (const text of await pending(run.runId)) {
      const known = parseStatementOf('review', text);
      if (!known.ok || known.value.manifestSha256 !== run.manifestSha256) continue;
      if (known.value.verdict === wanted.verdict && known.value.comment === comment)
        return ok(signRequest(known.value, text, sha256(text), 'review'));
    }
    const statement: ReviewStatement = {
      format: 1,
      kind: 'review',
      runId: run.runId,
      manifestSha256: run.manifestSha256,
      verdict: wanted.verdict,
      comment,
      requestedAt: options.clock.now().toISOString() as Instant,
      nonce: randomBytes(16).toString('hex'),
    };
    const text = statementText(statement);
    const digest = sha256(text);
    const kept = await keep(join(pendingFolder(run.runId), `${digest}.json`), text);
    return kept.ok ? ok(signRequest(statement, text, digest, 'review')) : kept;
  }

  async function pending(runId: RunId): Promise<readonly string[]> {
    const folder = pendingFolder(runId);
    const names = await readdir(folder).catch(() => []);
    const texts = await Promise.all(
      names
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
    );
    return texts.filter((text) => text !== '');
  }

  async function accept(run: SealedRun, shown: Sha256, armor: string): Promise<Result<GivenSignature>> {
    const text = (await pending(run.runId)).find((candidate) => sha256(candidate) === shown);
    const statement = text === undefined ? null : parseStatementOf('review', text);
    if (text === undefined || statement?.ok !== true) {
      return fail('not-found', 'No review with this text was asked for here.', {
        hint: 'Make the request again, and sign that file.',
      });
    }
    if (statement.value.manifestSha256 !== run.manifestSha256)
      return fail('refused', 'The review is of another manifest than this run has.');
    const judged = await options.judge({ statement: text, role: 'review', armor, operator: run.operator });
    if (!judged.ok) return judged;
    const before = (await counting(run)).find(({ signer }) => sameSigner(signer, judged.value));
    if (before !== undefined) {
      return fail('refused', `${judged.value.principal} has reviewed this run already.`, {
        kept: `Their verdict was: ${before.review.verdict}.`,
      });
    }
    const n = await nextNumber(run.dir);
    if (n === null) return fail('refused', 'No further review fits into this run.');
    const paths = reviewPaths(n);
    const written = await keep(join(run.dir, paths.statement), text);
    if (!written.ok) return written;
    const signed = await keep(join(run.dir, paths.signature), judged.value.armor);
    return signed.ok ? ok(givenOf(judged.value)) : signed;
  }

  /** The reviews that count now, each by another person. */
  async function counting(run: SealedRun): Promise<readonly CountingReview[]> {
    const reviews: CountingReview[] = [];
    for (let n = 1; n <= MAX_REVIEWS; n += 1) {
      const stored = await readReview(run.dir, n);
      if (stored === null) break;
      const judged = await judgeStored(run, stored);
      if (judged !== null && !reviews.some(({ signer }) => sameSigner(signer, judged.signer)))
        reviews.push(judged);
    }
    return reviews;
  }

  async function judgeStored(run: SealedRun, stored: StoredReview): Promise<CountingReview | null> {
    const statement = parseStatementOf('review', stored.text);
    if (!statement.ok || statement.value.manifestSha256 !== run.manifestSha256) return null;
    const { text, armor } = stored;
    const judged = await options.judge({ statement: text, role: 'review', armor, operator: run.operator });
    if (!judged.ok) return null;
    const { verdict, comment, requestedAt } = statement.value;
    const review: Review = { ...givenOf(withTime(judged.value, requestedAt)), verdict, comment };
    return { review, signer: judged.value };
  }

  return {
    request,
    accept,
    list: async (run) => (await counting(run)).map(({ review }) => review),
  };
}

interface CountingReview {
  readonly review: Review;
  readonly signer: JudgedSignature;
}

interface StoredReview {
  readonly text: string;
  readonly armor: string;
}

/** A review counts when both of its files are there; null when not. */
async function readReview(dir: string, n: number): Promise<StoredReview | null> {
  const paths = reviewPaths(n);
  try {
    const text = await readFile(join(dir, paths.statement), 'utf8');
    const armor = await readFile(join(dir, paths.signature), 'latin1');
    return { text, armor };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The first number without a whole review: half of one, left by a crash, is written over. */
async function nextNumber(dir: string): Promise<number | null> {
  for (let n = 1; n <= MAX_REVIEWS; n += 1) if ((await readReview(dir, n)) === null) return n;
  return null;
}

/** Nothing says when it was signed, only when it was asked for. */
function withTime(judged: JudgedSignature, at: string): JudgedSignature {
  return { ...judged, at };
}

async function keep(path: string, content: string): Promise<Result<null>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, content);
    return ok(null);
  } catch (error) {
    return { ok: false, error: storageFailure('The review', error, 'The sealed run is untouched.') };
  }
}
