/** Secrets on the command line: from files or asked for without echo, never as an argument; and `holdpoint seal`. */
import { readFile } from 'node:fs/promises';
import { RunId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { Client } from './client.ts';
import { withClient } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { atKeyboard } from './keyboard.ts';
import type { Output } from './output.ts';
import { question } from './promptAnswers.ts';

type Values = Readonly<Record<string, string>>;

/** Values of `name=@FILE` (without the line break at its end) and of `name` (asked for). */
export async function readSecrets(specs: readonly string[]): Promise<Result<Values>> {
  const values: Record<string, string> = {};
  for (const spec of specs) {
    const [, name = '', file] = /^([A-Za-z_][A-Za-z0-9_]*)(?:=@(.+))?$/.exec(spec) ?? [];
    if (name === '') {
      return fail(
        'bad-request',
        `--secret ${spec.split('=')[0] ?? ''}: write name=@FILE, or name to be asked.`,
        {
          hint: 'A value never stands on a command line, where others on this computer can read it.',
        },
      );
    }
    const value = file === undefined ? await asked(name) : await fromFile(name, file);
    if (!value.ok) return value;
    values[name] = value.value;
  }
  return ok(values);
}

async function fromFile(name: string, file: string): Promise<Result<string>> {
  try {
    return ok((await readFile(file, 'utf8')).replace(/\r?\n$/, ''));
  } catch {
    return fail('not-found', `--secret ${name}: ${file} cannot be read.`);
  }
}

async function asked(name: string): Promise<Result<string>> {
  const typed = process.stdin.isTTY ? await atKeyboard(() => question(`${name}: `, false)) : null;
  return typed === null || typed === ''
    ? fail('bad-request', `--secret ${name}: no value was given.`)
    : ok(typed);
}

/** Gives them to a run that was taken up again. */
export async function giveSecrets(
  client: Client,
  runId: RunId,
  specs: readonly string[],
): Promise<Result<null>> {
  const values = await readSecrets(specs);
  if (!values.ok) return values;
  for (const [name, value] of Object.entries(values.value)) {
    const given = await client.call('run.secret', { runId, name: name as never, value });
    if (!given.ok) return given;
  }
  return ok(null);
}

/** Seals an ended run that was not; says what keeps it from being sealed. */
export async function sealCommand(
  run: string,
  args: { readonly secrets: readonly string[]; readonly override?: string },
  output: Output,
): Promise<ExitCode> {
  const runId = RunId.safeParse(run);
  if (!runId.success) return output.failure(fail('bad-request', `${run} is not the id of a run.`).error);
  const secrets = await readSecrets(args.secrets);
  if (!secrets.ok) return output.failure(secrets.error);
  return withClient(output, async (client) => {
    const sealed = await client.call('evidence.seal', {
      runId: runId.data,
      secrets: secrets.value,
      ...(args.override === undefined ? {} : { override: args.override }),
    });
    if (!sealed.ok) return output.failure(sealed.error);
    const block = sealed.value;
    output.data({ runId: runId.data, sealed: block === null, block });
    if (block === null) {
      output.line(`${runId.data} is sealed.`);
      return EXIT.ok;
    }
    for (const { file, message } of block.findings) output.line(`${file}: ${message}`);
    for (const name of block.unknown) output.line(`${name} must be given again (--secret ${name}=@FILE).`);
    output.note(`${runId.data} is not sealed. --override REASON seals it all the same, and says so.`);
    return EXIT.findings;
  });
}
