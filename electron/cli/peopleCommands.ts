/** `holdpoint keys`, `trust` and `timestamp`: keys, whom this desk trusts, and timestamps over what was signed. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RunId } from '../contract/ids.ts';
import type { Enrolment, KeySource, SigningRole, TrustView } from '../contract/people.ts';
import { signingRoles } from '../contract/people.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { Client } from './client.ts';
import { withClient } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { atKeyboard } from './keyboard.ts';
import type { Output } from './output.ts';
import { question } from './promptAnswers.ts';

const ENROLMENT = 'enrolment.json';

/** Lists the keys that this desk could sign with. */
export function keysListCommand(output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const keys = await client.call('people.keys', {});
    if (!keys.ok) return output.failure(keys.error);
    for (const { source, keyType, fingerprint, comment, listed } of keys.value) {
      const where = source.kind === 'file' ? source.path : source.kind;
      output.line([fingerprint, keyType, where, comment].filter((part) => part !== '').join('  '));
      for (const { principal, roles } of listed) output.line(`    ${principal}: ${roles.join(', ')}`);
    }
    output.data(keys.value);
    return EXIT.ok;
  });
}

/** Makes what the security team needs to list a key, and writes it to a folder when one is named. */
export async function enrolCommand(
  principal: string,
  args: { readonly roles: readonly string[]; readonly key: string; readonly out?: string },
  output: Output,
): Promise<ExitCode> {
  const roles = args.roles.map(roleOf);
  const unknown = args.roles.find((_, index) => roles[index] === undefined);
  if (unknown !== undefined)
    return output.failure(
      fail('bad-request', `${unknown} is no role. Roles: ${signingRoles.join(', ')}.`).error,
    );
  const request = { principal, roles: roles.filter((role) => role !== undefined), key: keySource(args.key) };
  return withClient(output, async (client) => {
    const enrolment = await withPassphrase((passphrase) =>
      client.call('people.enrol', { ...request, ...(passphrase === undefined ? {} : { passphrase }) }),
    );
    if (!enrolment.ok) return output.failure(enrolment.error);
    const { line, fingerprint, randomart, command } = enrolment.value;
    if (args.out !== undefined) await writeEnrolment(resolve(args.out), enrolment.value);
    output.line(line);
    output.note(`${fingerprint}\n${randomart}`);
    output.note('Hand the line to your security team, and compare the fingerprint by another way.');
    output.note(
      args.out === undefined
        ? 'With --out DIR the proof that the key is held is written as well.'
        : `They check in ${resolve(args.out)} that the key is held:\n  ${command}`,
    );
    output.data(enrolment.value);
    return EXIT.ok;
  });
}

async function writeEnrolment(directory: string, enrolment: Enrolment): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'allowed_signers'), `${enrolment.line}\n`);
  await writeFile(join(directory, ENROLMENT), enrolment.statement);
  await writeFile(join(directory, `${ENROLMENT}.sig`), enrolment.signature);
}

function roleOf(text: string): SigningRole | undefined {
  return signingRoles.find((role) => role === text);
}

/** `app`, a fingerprint that the agent holds, or a file. */
export function keySource(text: string): KeySource {
  if (text === 'app') return { kind: 'app' };
  if (text.startsWith('SHA256:')) return { kind: 'agent', fingerprint: text };
  return { kind: 'file', path: resolve(text) };
}

/** Asks for a passphrase once, when the key has one and a person is at the terminal. */
export async function withPassphrase<T>(
  call: (passphrase?: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const first = await call();
  if (first.ok || first.error.code !== 'auth' || !process.stdin.isTTY) return first;
  const passphrase = await atKeyboard(() => question(`${first.error.message}. Passphrase: `, false));
  return passphrase === null ? first : call(passphrase);
}

/** Prints whom this desk trusts. */
export function trustShowCommand(output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const trust = await client.call('people.trust', {});
    return trust.ok ? printTrust(trust.value, output) : output.failure(trust.error);
  });
}

/** Replaces parts of the trust with files that the security team handed over. */
export async function trustSetCommand(
  files: { readonly allowedSigners?: string; readonly revoked?: string; readonly tsaCa?: string },
  output: Output,
): Promise<ExitCode> {
  const texts: Record<string, string> = {};
  for (const [part, path] of Object.entries(files)) {
    const text = await readFileOf(path);
    if (!text.ok) return output.failure(text.error);
    texts[part] = text.value.toString('utf8');
  }
  return withClient(output, async (client) => {
    const trust = await client.call('people.set-trust', texts);
    return trust.ok ? printTrust(trust.value, output) : output.failure(trust.error);
  });
}

function printTrust(trust: TrustView, output: Output): ExitCode {
  for (const { line, principals, roles, fingerprint, validAfter, validBefore, problem } of trust.signers) {
    const valid = [
      validAfter === undefined ? '' : `from ${validAfter}`,
      validBefore === undefined ? '' : `to ${validBefore}`,
    ];
    const parts = [String(line), principals.join(','), roles.join(', '), fingerprint, ...valid];
    output.line(parts.filter((part) => part !== '').join('  '));
    if (problem !== undefined) output.line(`    does not count: ${problem}`);
  }
  for (const { subject, notAfter, sha256 } of trust.authorities)
    output.line(`timestamps: ${subject}  to ${notAfter}  SHA-256 ${sha256}`);
  if (trust.signers.length === 0) output.note('No person is trusted yet: this desk knows its own keys only.');
  if (trust.authorities.length === 0)
    output.note('No timestamp authority is trusted: timestamps are not judged.');
  output.data(trust);
  return EXIT.ok;
}

/** Gets a timestamp over the operator's signature, writes the request for it, or takes the reply. */
export async function timestampCommand(
  run: string,
  args: { readonly request?: string; readonly reply?: string },
  output: Output,
): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a run.`).error);
  return withClient(output, (client) =>
    args.request === undefined
      ? takeTimestamp(client, runId.data, args.reply, output)
      : writeRequest(client, runId.data, args.request, output),
  );
}

async function writeRequest(client: Client, runId: RunId, to: string, output: Output): Promise<ExitCode> {
  const request = await client.call('evidence.timestamp-request', { runId });
  if (!request.ok) return output.failure(request.error);
  const { name, base64 } = request.value;
  const path = (await isFolder(to)) ? join(resolve(to), name) : resolve(to);
  await writeFile(path, Buffer.from(base64, 'base64'));
  output.line(path);
  output.note(
    `curl -sS -H 'content-type: application/timestamp-query' --data-binary @${name} URL > ${runId}.operator.tsr`,
  );
  output.data({ path });
  return EXIT.ok;
}

async function takeTimestamp(
  client: Client,
  runId: RunId,
  reply: string | undefined,
  output: Output,
): Promise<ExitCode> {
  const bytes = reply === undefined ? null : await readFileOf(reply);
  if (bytes?.ok === false) return output.failure(bytes.error);
  const view =
    bytes === null
      ? await client.call('evidence.timestamp', { runId })
      : await client.call('evidence.timestamp-reply', { runId, base64: bytes.value.toString('base64') });
  if (!view.ok) return output.failure(view.error);
  const { timestamp, verdict } = view.value;
  output.line(
    timestamp === undefined
      ? `${runId} has its timestamp.`
      : `${runId} has its timestamp: ${timestamp.at} by ${timestamp.authority}`,
  );
  for (const line of verdict.rests.l3) output.note(line);
  output.data({ runId, timestamp });
  return EXIT.ok;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whatever is read here is far smaller; a wrong file must not fill the memory. */
const MAX_FILE_BYTES = 1_000_000;

async function readFileOf(path: string): Promise<Result<Buffer>> {
  try {
    const { size } = await stat(path);
    return size > MAX_FILE_BYTES ? fail('bad-request', `${path} is too large.`) : ok(await readFile(path));
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}
