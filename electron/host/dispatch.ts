/**
 * The one entry for calls from a page: known method, valid argument, answer as data. It must never let an unchecked
 * argument reach a handler, nor an internal error's text reach a page.
 */
import type { z } from 'zod';
import { type Handlers, type Method, type Reply, calls } from '../contract/calls.ts';
import { fail } from '../contract/result.ts';

export type Dispatch = (method: unknown, arg: unknown) => Promise<Reply>;

/** Gets what went wrong inside, for the log only. `what` never holds a value sent by a page. */
export type ProblemLog = (what: string, problem: unknown) => void;

/** Longest place of a field quoted back: names inside a record come from the page. */
const MAX_PLACE_CHARS = 200;

/** Makes the function both shells call. It never rejects. */
export function createDispatch(handlers: Handlers, log: ProblemLog): Dispatch {
  return async (method, arg) => {
    if (!isMethod(method)) return fail('not-found', 'This version has no such call.');
    const parsed = calls[method].in.safeParse(arg);
    if (!parsed.success) return fail('bad-request', describeProblem(method, parsed.error));
    // The schema that was just applied belongs to this very method; the compiler cannot follow that through the map.
    const handler = handlers[method] as (arg: unknown) => Promise<Reply>;
    try {
      return await handler(parsed.data);
    } catch (problem) {
      log(`call ${method} failed`, problem);
      return fail('internal', `Something went wrong inside Holdpoint (${method}).`, {
        kept: 'Everything recorded so far is on disk.',
        hint: 'Try again. If it comes back, the log of this app says more.',
      });
    }
  };
}

function isMethod(method: unknown): method is Method {
  return typeof method === 'string' && Object.hasOwn(calls, method);
}

/** Names the first field that is wrong and how, without quoting its value. */
function describeProblem(method: Method, error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return `The argument of ${method} is not valid.`;
  const place = issue.path.map((part) => printable(String(part))).join('.');
  const field = place === '' ? 'the argument' : place.slice(0, MAX_PLACE_CHARS);
  return `${method}: ${field} ${describeIssue(issue)}.`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be there and be of type ${issue.expected}`;
    case 'too_big':
      return `is too long or too large (at most ${String(issue.maximum)})`;
    case 'too_small':
      return `is too short or too small (at least ${String(issue.minimum)})`;
    case 'invalid_format':
      return 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${String(issue.divisor)}`;
    case 'unrecognized_keys':
      return 'has a field that is not known';
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_value':
    case 'invalid_union':
      return 'is not one of the allowed forms';
    case 'invalid_element':
    case 'custom':
      return 'is not valid';
  }
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
