/**
 * Commands that live in a session of their own on a host: started once, followed from any byte on, removed when their
 * end is on record. Losing contact never touches them. Must never start a command twice, nor call an end seen that
 * the host did not write down.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { Detacher } from '../../contract/steps.ts';
import type { TerminalSize } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { sha256 } from '../files/hash.ts';
import type { DetachedLive } from './detachedFollow.ts';
import { listScript, removeScript, startScript } from './detachedScripts.ts';
import { runScript } from './scriptExec.ts';
import type { ScriptAnswer } from './scriptExec.ts';

export { followDetached } from './detachedFollow.ts';
export type {
  DetachedChannel,
  DetachedEnd,
  DetachedFacts,
  DetachedLive,
  FollowHandlers,
} from './detachedFollow.ts';

export interface DetachedJob {
  /** From `detachedJob`. */
  readonly id: string;
  /** The command as the operator saw it; it is put into the same wrapper as that of any other step. */
  readonly command: string;
  readonly size: TerminalSize;
  readonly detacher: Detacher;
}

/** A job of a run that has a folder on the host. */
export interface ListedJob {
  readonly id: string;
  readonly state: 'running' | 'ended' | 'rebooted' | 'died' | 'never-started';
  /** Bytes of output so far. */
  readonly bytes: number;
}

/** Longest name of a job: with its folder it must fit into the path of a socket. */
const longestName = 70;

/** How long each question to the host may take, in ms. */
const timeoutMs = 60_000;

/**
 * Name of the job's folder, at most 70 safe characters, the same for the same step and attempt of a run. Two targets
 * can be the same host: where several run the same attempt, `target` keeps them apart.
 */
export function detachedJob(runId: string, step: string, attempt: number, target?: string): string {
  const whole = [runId, step, String(attempt), ...(target === undefined ? [] : [target])];
  const name = whole.join('-');
  if (/^[A-Za-z0-9_-]+$/.test(name) && name.length <= longestName && target === undefined) return name;
  const digest = sha256(JSON.stringify(whole)).slice(0, 16);
  return `${safe(runId).slice(0, 32)}-${safe(step).slice(0, 20)}-${digest}`;
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '_');
}

/**
 * Starts the command, unless its job is there already: the host's `mkdir` decides, so that asking again after an answer
 * that was lost never starts it twice. `forbidden` and `unsupported` mean that nothing was run; `network` that it is
 * not known: ask again, or follow.
 */
export async function startDetached(
  live: DetachedLive,
  job: DetachedJob,
): Promise<Result<'started' | 'there-already'>> {
  const { address } = live.connection.facts;
  const named = checkName(job.id);
  if (!named.ok) return named;
  if (live.prepared.carries === false) {
    return fail(
      'forbidden',
      `A detached command keeps a folder on ${address}, and nothing may or can be kept there.`,
      {
        kept: 'Nothing was sent.',
        hint: 'Allow files on hosts in the settings, or run the step in mode pty or exec.',
      },
    );
  }
  const wire = await live.prepared.wrap(job.command, { carry: true });
  if (!wire.ok) return wire;
  const nonce = randomBytes(12).toString('hex');
  const { cols, rows } = job.size;
  const script = startScript({ id: job.id, nonce, detacher: job.detacher, cols, rows });
  const lineOf = (text: string): string | undefined =>
    new RegExp(`(?:^|\\n)${nonce} ([^\\n]*)\\n`).exec(text)?.[1];
  const answer = await runScript(live.connection, script, {
    timeoutMs,
    input: Buffer.from(`${wire.value}\n#whole`),
    // The supervisor itself says that it has started; without setsid on the host its channel would stay open.
    enough: (text) => lineOf(text) !== undefined,
  });
  if (!answer.ok) {
    return fail(
      answer.error.code,
      `Whether ${address} has started the command is not known. ${answer.error.message}`,
      {
        hint: 'Connect again: it is taken up where it is, and never started twice.',
      },
    );
  }
  return startedAs(lineOf(answer.value.stdout), answer.value, address);
}

function startedAs(
  line: string | undefined,
  answer: ScriptAnswer,
  address: string,
): Result<'started' | 'there-already'> {
  const [word = '', ...rest] = (line ?? '').split(' ');
  const more = cleanLine(rest.join(' '), 200);
  const kept = 'Nothing was run.';
  switch (word) {
    case 'started':
      return ok('started');
    case 'there':
      return ok('there-already');
    case 'missing':
      return fail(
        'unsupported',
        `${address} cannot keep the command in the way that was asked for: ${more}.`,
        {
          kept,
          hint: 'Use the detacher `shell`, which needs nothing but a POSIX shell.',
        },
      );
    case 'foreign':
      return fail('refused', `${more} on ${address} belongs to somebody else or is a link.`, {
        kept,
        hint: 'Find out who made it and remove it, then try again.',
      });
    case 'no-place':
      return fail('unsupported', `${address} has no place for the command's folder.`, {
        kept,
        hint: 'Make /var/tmp, the home folder or /tmp writable.',
      });
    case 'no-room':
      return fail('refused', `The command's folder could not be made on ${address}: ${more}`, {
        kept,
        hint: 'Check that there is room on the host, then try again.',
      });
    case 'cut':
      return fail('network', `The command did not arrive whole on ${address}.`, { kept, hint: 'Try again.' });
    default: {
      const said = cleanLine(answer.stderr, 200);
      return fail('network', `Whether ${address} has started the command is not known. ${said}`, {
        hint: 'Connect again: it is taken up where it is, and never started twice.',
      });
    }
  }
}

/** Removes the job's folder. Refused (`busy`) while the command runs; fine when there is no folder. */
export async function removeDetached(live: DetachedLive, id: string): Promise<Result<null>> {
  const named = checkName(id);
  if (!named.ok) return named;
  const { address } = live.connection.facts;
  const answer = await runScript(live.connection, removeScript(id), { timeoutMs });
  if (!answer.ok) return answer;
  const words = answer.value.stdout.trim().split('\n').at(-1);
  if (words === 'removed' || words === 'none') return ok(null);
  if (words === 'running') {
    return fail('busy', `The detached command still runs on ${address}.`, {
      kept: 'Its folder stays there.',
    });
  }
  return fail(
    'refused',
    `The folder holdpoint-${id} on ${address} could not be removed. ${said(answer.value)}`,
  );
}

/** The jobs of a run that have a folder on the host. */
export async function listDetached(live: DetachedLive, runId: string): Promise<Result<readonly ListedJob[]>> {
  const { address } = live.connection.facts;
  const prefix = safe(runId).slice(0, 32);
  const answer = await runScript(live.connection, listScript(prefix), { timeoutMs });
  if (!answer.ok) return answer;
  const lines = answer.value.stdout.split('\n');
  if (!lines.includes('whole'))
    return fail('refused', `${address} could not list detached commands. ${said(answer.value)}`);
  return ok(
    lines.flatMap((line) => {
      const [, id, state, bytes] =
        /^job ([A-Za-z0-9_-]+) (running|ended|rebooted|died|never-started) (\d+)$/.exec(line) ?? [];
      if (id === undefined || state === undefined) return [];
      return [{ id, state: state as ListedJob['state'], bytes: Number(bytes) }];
    }),
  );
}

function said(answer: ScriptAnswer): string {
  return cleanLine(answer.stderr, 200);
}

function checkName(id: string): Result<null> {
  return /^[A-Za-z0-9_-]{1,100}$/.test(id)
    ? ok(null)
    : fail('bad-request', `${JSON.stringify(id)} is no name for a detached command.`);
}
