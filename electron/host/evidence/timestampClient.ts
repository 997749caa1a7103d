/**
 * Carries a timestamp request to an authority and its reply back (RFC 3161 section 3.4, over HTTP). Transport alone:
 * nothing of the reply is believed here. No redirects, no cookies, one deadline over all of it, a bounded reply.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { fail, ok, type Result } from '../../contract/result.ts';
import { TIMESTAMP_QUERY, TIMESTAMP_REPLY } from '../../domain/timestamps/request.ts';
import { MAX_TIMESTAMP_BYTES } from '../../domain/timestamps/verifyTimestamp.ts';
import { systemCode } from '../files/durable.ts';

const DEADLINE_MS = 20_000;
const BY_FILE = 'Where the desk has no way to it, carry the request and the reply by file.';

export type PostTimestamp = (url: string, query: Uint8Array) => Promise<Result<Buffer>>;

/** The address of an authority, when it is one that can be used. */
export function authorityUrl(text: string): Result<URL> {
  const hint = 'Set it in Settings, for example https://tsa.example.com/tsr.';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return fail('bad-request', `${text} is not the http or https address of a timestamp authority.`, {
      hint,
    });
  if (url.username !== '' || url.password !== '')
    return fail('bad-request', 'The address of the timestamp authority holds a name or password.', { hint });
  return ok(url);
}

/** Posts a request and returns the bytes of the reply. Errors: `bad-request`, `network`. */
export async function postTimestamp(
  url: string,
  query: Uint8Array,
  deadlineMs = DEADLINE_MS,
): Promise<Result<Buffer>> {
  const address = authorityUrl(url);
  if (!address.ok) return address;
  const to = address.value;
  return new Promise((resolve) => {
    const send = to.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      'content-type': TIMESTAMP_QUERY,
      accept: TIMESTAMP_REPLY,
      'content-length': query.length,
      'user-agent': 'holdpoint',
    };
    const request = send(to, { method: 'POST', headers, agent: false });
    const done = (result: Result<Buffer>) => {
      clearTimeout(deadline);
      request.destroy();
      resolve(result);
    };
    const failed = (why: string) => {
      done(fail('network', `The timestamp authority at ${to.host} ${why}.`, { kept: KEPT, hint: BY_FILE }));
    };
    const deadline = setTimeout(() => {
      failed(`has not answered within ${String(deadlineMs / 1000)} seconds`);
    }, deadlineMs);
    request.on('error', (error) => {
      failed(`cannot be reached (${systemCode(error) || error.message})`);
    });
    request.on('response', (response) => {
      const wrong = answerProblem(response.statusCode ?? 0, response.headers);
      if (wrong !== null) {
        failed(wrong);
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MAX_TIMESTAMP_BYTES) failed('answers with more than a timestamp can be');
      });
      response.on('error', (error) => {
        failed(`broke off its answer (${systemCode(error) || error.message})`);
      });
      response.on('end', () => {
        done(ok(Buffer.concat(chunks)));
      });
    });
    request.end(query);
  });
}

const KEPT = 'The run and its signatures are as they were. A timestamp can be added at any time later.';

function answerProblem(
  status: number,
  headers: { readonly location?: string | undefined; readonly 'content-type'?: string | undefined },
): string | null {
  if (status >= 300 && status < 400)
    return `sends the request elsewhere (${String(status)}): set the address it names${target(headers.location)}`;
  if (status !== 200) return `answers ${String(status)}`;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === TIMESTAMP_REPLY ? null : `answers with ${type ?? 'no type'}, not with a timestamp`;
}

function target(location: string | undefined): string {
  return location === undefined || !URL.canParse(location) ? '' : `, ${new URL(location).href.slice(0, 200)}`;
}
