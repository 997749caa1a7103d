/** `holdpoint request`: statements that wait for somebody's signature, carried out and brought back as files. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { RunId, StepId } from '../contract/ids.ts';
import { type GivenSignature, SignatureWanted, signingRoles } from '../contract/people.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { namespaceOf } from '../domain/evidence/names.ts';
import { parseStatement } from '../domain/evidence/statements.ts';
import { sha256 } from '../host/files/hash.ts';
import { readArmor } from '../host/requests/armor.ts';
import type { Client } from './client.ts';
import { withClient } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { keySource, withPassphrase } from './peopleCommands.ts';

export interface RequestArguments {
  readonly step?: string;
  readonly role?: string;
  readonly verdict?: string;
  readonly comment?: string;
  readonly out?: string;
  /** Sign it here with this key, in place of carrying it out. */
  readonly key?: string;
}

/** Writes the statement that waits to a file (or signs it here), and says how it is signed elsewhere. */
export async function requestCommand(
  kind: string,
  run: string,
  args: RequestArguments,
  output: Output,
): Promise<ExitCode> {
  const wanted = wantedOf(kind, run, args);
  if (!wanted.ok) return output.failure(wanted.error);
  return withClient(output, async (client) => {
    if (args.key !== undefined) return say(await signHere(client, wanted.value, args.key), output);
    const request = await client.call('request.get', { wanted: wanted.value });
    if (!request.ok) return output.failure(request.error);
    const { name, text, sha256: digest, command, expiresAt } = request.value;
    if (args.out === undefined) output.line(text.trimEnd());
    else await writeFile(resolve(args.out), text);
    const file = args.out === undefined ? name : basename(args.out);
    output.note(`Have this file signed: ${command.replace(name, file)}`);
    output.note(`SHA-256 ${digest}${expiresAt === undefined ? '' : `, until ${expiresAt}`}`);
    output.note(`Bring it back: holdpoint request import ${file} --signature ${file}.sig`);
    output.data(request.value);
    return EXIT.ok;
  });
}

/** Takes a signature in that was made elsewhere. What it is for stands in the statement and in the signature itself. */
export async function requestImportCommand(
  statementFile: string,
  signatureFile: string,
  output: Output,
): Promise<ExitCode> {
  const text = await readFile(statementFile, 'utf8').catch(() => null);
  const armor = await readFile(signatureFile, 'latin1').catch(() => null);
  if (text === null || armor === null) {
    const missing = text === null ? statementFile : signatureFile;
    return output.failure(fail('not-found', `${missing} cannot be read.`).error);
  }
  const wanted = wantedBy(text, armor);
  if (!wanted.ok) return output.failure(wanted.error);
  return withClient(output, async (client) => {
    // A hold's signature is put on record by the run itself.
    if (wanted.value.kind === 'hold') {
      const resumed = await client.call('run.resume', { runId: wanted.value.runId });
      if (!resumed.ok) return output.failure(resumed.error);
    }
    const call = { wanted: wanted.value, sha256: sha256(text), armor };
    return say(await client.call('request.import', call), output);
  });
}

function say(given: Result<GivenSignature>, output: Output): ExitCode {
  if (!given.ok) return output.failure(given.error);
  const { role, principal, fingerprint, keyType } = given.value;
  output.line(`${principal}  ${role}  ${keyType}  ${fingerprint}`);
  output.data(given.value);
  return EXIT.ok;
}

function wantedOf(kind: string, run: string, args: RequestArguments): Result<SignatureWanted> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return fail('bad-request', `${run} is not the id of a run.`);
  const parsed = SignatureWanted.safeParse(
    kind === 'approval'
      ? { kind, runId: runId.data }
      : kind === 'hold'
        ? { kind, runId: runId.data, step: args.step, role: args.role }
        : { kind, runId: runId.data, verdict: args.verdict, comment: args.comment ?? '' },
  );
  if (parsed.success) return ok(parsed.data);
  const needs =
    kind === 'hold' ? '--step and --role' : kind === 'review' ? '--verdict accepted|rejected' : '';
  return fail(
    'bad-request',
    needs === '' ? `${kind} is none of approval, hold, review.` : `A ${kind} needs ${needs}.`,
  );
}

/** What a statement with its signature is an answer to. */
function wantedBy(text: string, armor: string): Result<SignatureWanted> {
  const statement = parseStatement(text);
  if (!statement.ok) return fail('bad-request', `The statement cannot be read: ${statement.error}.`);
  const brought = readArmor(armor);
  if (!brought.ok) return brought;
  const { namespace } = brought.value.signature;
  const role = signingRoles.find((one) => namespaceOf(one) === namespace);
  const said = statement.value;
  const parsed = SignatureWanted.safeParse(
    said.kind === 'hold'
      ? { kind: 'hold', runId: said.runId, step: StepId.parse(said.step), role }
      : said.kind === 'review'
        ? { kind: 'review', runId: said.runId, verdict: said.verdict, comment: said.comment }
        : { kind: said.kind, runId: said.kind === 'approval' ? said.runId : undefined },
  );
  return parsed.success
    ? ok(parsed.data)
    : fail('bad-request', `A signature made for ${namespace} does not answer this statement.`);
}

async function signHere(
  client: Client,
  wanted: SignatureWanted,
  key: string,
): Promise<Result<GivenSignature>> {
  const request = await client.call('request.get', { wanted });
  if (!request.ok) return request;
  const call = { wanted, sha256: request.value.sha256, key: keySource(key) };
  return withPassphrase((passphrase) =>
    client.call('request.sign', { ...call, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
}

/** Signs a hold of an open run with a key of this desk. */
export function signHold(
  client: Client,
  wanted: Extract<SignatureWanted, { kind: 'hold' }>,
  key: string,
): Promise<Result<GivenSignature>> {
  return signHere(client, wanted, key);
}
