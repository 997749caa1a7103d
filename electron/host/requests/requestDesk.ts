/**
 * Everything on this desk that waits for somebody's signature: approvals, holds, reviews. Signed here with a key of this
 * desk, or carried out and brought back; both ways end in the same judgement.
 */
import type { RunId, Sha256 } from '../../contract/ids.ts';
import type { GivenSignature, KeySource, SignatureWanted, SignRequest } from '../../contract/people.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import { replay } from '../../domain/run/evolve.ts';
import type { Signer } from '../evidence/signer.ts';
import type { PlanDesk } from '../plans/planDesk.ts';
import type { RunDesk } from '../runs/runDesk.ts';
import { runFolder } from '../runs/runFolder.ts';
import { holdRequestOf } from './holds.ts';
import { shownStatement } from './judge.ts';
import type { Reviews, SealedRun } from './reviews.ts';
import { readArmor } from './armor.ts';

export interface RequestDeskOptions {
  readonly data: string;
  readonly plans: Pick<PlanDesk, 'request' | 'approve'>;
  readonly runs: Pick<RunDesk, 'live' | 'snapshot'>;
  readonly reviews: Reviews;
  /** A sealed run, to be reviewed. */
  readonly sealed: (runId: RunId) => Promise<Result<SealedRun>>;
  readonly signer: (source: KeySource, passphrase?: string) => Promise<Result<Signer>>;
  /** Something that people see has changed. */
  readonly onChanged: () => void;
}

export interface RequestDesk {
  /** The statement that waits, with what somebody needs who signs it elsewhere. */
  get(wanted: SignatureWanted): Promise<Result<SignRequest>>;
  /** Signs it on this desk. `sha256` is that of the statement that was shown. */
  sign(
    wanted: SignatureWanted,
    shown: Sha256,
    key: KeySource,
    passphrase?: string,
  ): Promise<Result<GivenSignature>>;
  /** Takes a signature in that was made elsewhere. */
  take(wanted: SignatureWanted, shown: Sha256, armor: string): Promise<Result<GivenSignature>>;
}

type HoldWanted = Extract<SignatureWanted, { kind: 'hold' }>;

export function createRequestDesk(options: RequestDeskOptions): RequestDesk {
  async function get(wanted: SignatureWanted): Promise<Result<SignRequest>> {
    switch (wanted.kind) {
      case 'approval':
        return options.plans.request(wanted.runId);
      case 'hold':
        return holdRequest(wanted);
      case 'review': {
        const run = await options.sealed(wanted.runId);
        return run.ok ? options.reviews.request(run.value, wanted) : run;
      }
      default:
        return assertNever(wanted);
    }
  }

  async function holdRequest(wanted: HoldWanted): Promise<Result<SignRequest>> {
    const seen = await options.runs.snapshot(wanted.runId);
    if (!seen.ok) return seen;
    const { runbook, records } = seen.value;
    const dir = runFolder(options.data, wanted.runId);
    return holdRequestOf(dir, wanted.runId, replay(runbook, records), wanted);
  }

  async function take(
    wanted: SignatureWanted,
    shown: Sha256,
    armor: string,
  ): Promise<Result<GivenSignature>> {
    const taken = await accept(wanted, shown, armor);
    if (taken.ok) options.onChanged();
    return taken;
  }

  async function accept(
    wanted: SignatureWanted,
    shown: Sha256,
    armor: string,
  ): Promise<Result<GivenSignature>> {
    switch (wanted.kind) {
      case 'approval':
        return options.plans.approve(wanted.runId, shown, armor);
      case 'hold':
        return signHold(wanted, shown, armor);
      case 'review': {
        const run = await options.sealed(wanted.runId);
        return run.ok ? options.reviews.accept(run.value, shown, armor) : run;
      }
      default:
        return assertNever(wanted);
    }
  }

  /** Through the run itself: only what it puts on record counts. */
  async function signHold(
    { runId, step, role }: HoldWanted,
    shown: Sha256,
    armor: string,
  ): Promise<Result<GivenSignature>> {
    const run = options.runs.live(runId);
    if (run === null) {
      return fail(
        'not-found',
        'This run is not open in this app, so the signature cannot be put on record.',
        {
          hint: 'Resume it from the list of runs, then bring the signature in again.',
        },
      );
    }
    const request = () => run.state.steps.find((view) => view.step.id === step)?.request;
    const same = shownStatement(shown, request()?.statement.sha256 ?? shown);
    if (!same.ok) return same;
    const before = new Set(request()?.signatures);
    const signed = await run.dispatch({ kind: 'sign-hold', step, role, armor });
    if (!signed.ok) return signed;
    const brought = readArmor(armor);
    const key = brought.ok ? brought.value.signature.key : null;
    const given = request()?.signatures.find(
      (one) => !before.has(one) && (key === null || one.fingerprint === key.fingerprint),
    );
    if (given === undefined) return fail('internal', 'The signature was taken in and is not on record.');
    const { principal, fingerprint, at } = given;
    return ok({ role, principal, fingerprint, keyType: key?.type ?? '', at });
  }

  return {
    get,
    take,
    async sign(wanted, shown, key, passphrase) {
      const request = await get(wanted);
      if (!request.ok) return request;
      const same = shownStatement(shown, request.value.sha256);
      if (!same.ok) return same;
      const signer = await options.signer(key, passphrase);
      if (!signer.ok) return signer;
      const armor = await signer.value.sign(request.value.namespace, Buffer.from(request.value.text, 'utf8'));
      return armor.ok ? take(wanted, shown, armor.value) : armor;
    },
  };
}
