/** `holdpoint package`: runbooks as one signed file, made, signed, looked at, imported and taken back. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RunbookId, type Sha256 } from '../contract/ids.ts';
import { PackageName, PackageRequest, type PackageView } from '../contract/packages.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import type { Client } from './client.ts';
import { withClient } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { keySource, withPassphrase } from './peopleCommands.ts';
import { installedLine, packageLines, signedBy } from './packageWords.ts';

export interface PackageArguments {
  /** A file, or a folder for it. */
  readonly out?: string;
  readonly key?: string;
  readonly signature?: string;
  readonly title?: string;
  readonly runbooks?: readonly string[];
  readonly overlays?: boolean;
}

/** Does what `verb` says. Null when the arguments do not fit it. */
export function packageCommand(
  [verb, subject, version, more]: readonly string[],
  args: PackageArguments,
  output: Output,
): Promise<ExitCode> | ExitCode | null {
  if (verb === 'export')
    return subject === undefined || version === undefined || more !== undefined
      ? null
      : exportCommand(subject, version, args, output);
  if (version !== undefined) return null;
  if (verb === 'list') return subject === undefined ? listCommand(output) : null;
  if (subject === undefined || verb === undefined) return null;
  switch (verb) {
    case 'sign':
      return args.key !== undefined && args.signature !== undefined
        ? null
        : signCommand(subject, args, output);
    case 'inspect':
      return inspectCommand(subject, output);
    case 'import':
      return importCommand(subject, output);
    case 'revert':
    case 'remove':
      return changeCommand(verb, subject, output);
    default:
      return null;
  }
}

function exportCommand(
  name: string,
  version: string,
  args: PackageArguments,
  output: Output,
): Promise<ExitCode> | ExitCode {
  const request = requestOf(name, version, args);
  if (!request.ok) return output.failure(request.error);
  return withClient(output, async (client) => {
    const made = await client.call('package.make', request.value);
    if (!made.ok) return output.failure(made.error);
    if (made.value.errors.length > 0) return refuse(made.value, output);
    const signed = args.key === undefined ? made : await signWith(client, made.value, args.key);
    if (!signed.ok) return output.failure(signed.error);
    return save(client, signed.value, args.out ?? '.', output);
  });
}

function requestOf(name: string, version: string, args: PackageArguments): Result<PackageRequest> {
  const parsed = PackageRequest.safeParse({
    name,
    version,
    title: args.title ?? name,
    runbooks: args.runbooks ?? [],
    overlays: args.overlays ?? false,
  });
  if (parsed.success) return ok(parsed.data);
  const field = String(parsed.error.issues[0]?.path[0] ?? 'name');
  const unknown = (args.runbooks ?? []).find((id) => !RunbookId.safeParse(id).success);
  const messages: Readonly<Record<string, string>> = {
    name: `${name} is no name for a package: lower-case words joined by hyphens.`,
    version: `${version} is no version such as 1.0.0.`,
    runbooks: `${unknown ?? 'One of them'} is no id of a runbook.`,
  };
  return fail('bad-request', messages[field] ?? `The ${field} of the package cannot be used.`);
}

/** With a key it is signed here; with a signature that is put in; with neither the digest list goes out. */
function signCommand(path: string, args: PackageArguments, output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const opened = await openFile(client, path);
    if (!opened.ok) return output.failure(opened.error);
    if (args.key === undefined && args.signature === undefined)
      return digests(client, opened.value, args.out ?? '.', output);
    const signed =
      args.key === undefined
        ? await takeSignature(client, opened.value, args.signature ?? '')
        : await signWith(client, opened.value, args.key);
    return signed.ok ? save(client, signed.value, args.out ?? path, output) : output.failure(signed.error);
  });
}

async function digests(client: Client, view: PackageView, out: string, output: Output): Promise<ExitCode> {
  const wanted = await client.call('package.digests', { id: view.id });
  if (!wanted.ok) return output.failure(wanted.error);
  const { file, text, sha256, command } = wanted.value;
  const path = await placeOf(out, file);
  const written = await write(path, text);
  if (!written.ok) return output.failure(written.error);
  output.line(path);
  output.note(`SHA-256 ${sha256}`);
  output.note(`Have this file signed: ${command.replace(file, basename(path))}`);
  output.note(`Bring it back: holdpoint package sign ${view.file} --signature ${basename(path)}.sig`);
  output.data({ ...wanted.value, path });
  return EXIT.ok;
}

function inspectCommand(path: string, output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const opened = await openFile(client, path);
    if (!opened.ok) return output.failure(opened.error);
    show(opened.value, output);
    output.data(opened.value);
    return opened.value.barred === undefined ? EXIT.ok : EXIT.findings;
  });
}

function importCommand(path: string, output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const opened = await openFile(client, path);
    if (!opened.ok) return output.failure(opened.error);
    show(opened.value, output);
    const { id, sha256, name, version } = opened.value;
    const imported = await client.call('package.import', { id, sha256 });
    if (!imported.ok) return output.failure(imported.error);
    output.line(`imported ${name} ${version}`);
    output.data(opened.value);
    return EXIT.ok;
  });
}

function listCommand(output: Output): Promise<ExitCode> {
  return withClient(output, async (client) => {
    const listed = await client.call('package.list', {});
    if (!listed.ok) return output.failure(listed.error);
    for (const one of listed.value) output.line(installedLine(one));
    if (listed.value.length === 0) output.note('No package is imported here.');
    output.data(listed.value);
    const bad = listed.value.some((one) => one.state === 'damaged' || one.signer.state !== 'good');
    return bad ? EXIT.findings : EXIT.ok;
  });
}

function changeCommand(
  verb: 'revert' | 'remove',
  text: string,
  output: Output,
): Promise<ExitCode> | ExitCode {
  const name = PackageName.safeParse(text);
  if (!name.success) return output.failure(fail('bad-request', `${text} is no name of a package.`).error);
  return withClient(output, async (client) => {
    const done = await client.call(`package.${verb}`, { name: name.data });
    if (!done.ok) return output.failure(done.error);
    const now = done.value.find((one) => one.name === name.data);
    output.line(now === undefined ? `removed ${text}` : installedLine(now));
    output.data(done.value);
    return EXIT.ok;
  });
}

function openFile(client: Client, path: string): Promise<Result<PackageView>> {
  return client.call('package.open', { from: { kind: 'path', path: resolve(path) } });
}

function signWith(client: Client, { id, sha256 }: PackageView, key: string): Promise<Result<PackageView>> {
  const call = { id, sha256, key: keySource(key) };
  return withPassphrase((passphrase) =>
    client.call('package.sign', { ...call, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
}

async function takeSignature(
  client: Client,
  { id, sha256 }: { readonly id: string; readonly sha256: Sha256 },
  path: string,
): Promise<Result<PackageView>> {
  const armor = await readFile(path, 'latin1').catch(() => null);
  return armor === null
    ? fail('not-found', `${path} cannot be read.`)
    : client.call('package.take-signature', { id, sha256, armor: armor.slice(0, 20_000) });
}

async function save(client: Client, view: PackageView, out: string, output: Output): Promise<ExitCode> {
  const file = await client.call('package.file', { id: view.id });
  if (!file.ok) return output.failure(file.error);
  const path = await placeOf(out, file.value.file);
  const written = await write(path, Buffer.from(file.value.base64, 'base64'));
  if (!written.ok) return output.failure(written.error);
  output.line(path);
  output.note(signedBy(view.signer));
  if (view.signer.state === 'none')
    output.note(`Sign it: holdpoint package sign ${basename(path)} --key KEY, or without --key elsewhere.`);
  output.data({ ...view, path });
  return EXIT.ok;
}

/** In a folder it has its own name. */
async function placeOf(out: string, file: string): Promise<string> {
  const folder = await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return resolve(folder ? join(out, file) : out);
}

async function write(path: string, content: string | Uint8Array): Promise<Result<null>> {
  try {
    await writeFile(path, content);
    return ok(null);
  } catch (error) {
    return fail('storage', `${path} cannot be written: ${error instanceof Error ? error.message : ''}.`);
  }
}

function refuse(view: PackageView, output: Output): ExitCode {
  show(view, output);
  return output.failure(
    fail('refused', `The package has errors, and is not made: ${view.errors[0]?.message ?? ''}`).error,
  );
}

function show(view: PackageView, output: Output): void {
  for (const line of packageLines(view)) output.line(line);
  for (const diagnostic of [...view.errors, ...view.warnings]) output.line(formatDiagnostic(diagnostic));
  if (view.barred !== undefined) output.note(`Cannot be imported: ${view.barred}`);
}
