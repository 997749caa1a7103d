/** Answers a connection's questions on the command line: from the options, else from the person, else not at all. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Prompt, PromptAnswer } from '../contract/prompts.ts';
import type { Client } from './client.ts';
import { atKeyboard, isAsking } from './keyboard.ts';
import type { Output } from './output.ts';

export interface PromptOptions {
  /** Fingerprints (`SHA256:…`) that were compared beforehand. */
  readonly hostKeys: readonly string[];
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

/** Puts a line to a person; null when there is no answer (Ctrl+C, end of input). */
export type AskPerson = (text: string, echo: boolean) => Promise<string | null>;

/** What waits for an answer; a key that wants a finger does not. */
type Asked = Exclude<Prompt, { kind: 'touch-key' }>;

interface Desk {
  readonly options: PromptOptions;
  readonly output: Output;
  readonly person: AskPerson;
}

/**
 * Answers questions as they come, one at a time. A host key that is not named and cannot be shown to a person is not
 * trusted.
 */
export function answerPrompts(
  client: Pick<Client, 'onEvent' | 'call'>,
  options: PromptOptions,
  output: Output,
  person: AskPerson = question,
): () => void {
  const desk: Desk = { options, output, person };
  const seen = new Set<string>();
  let open = new Set<string>();
  const settle = async (prompt: Asked): Promise<void> => {
    // Taken back while another one was open.
    if (!open.has(prompt.id)) return;
    await client.call('prompt.answer', { id: prompt.id, answer: await answer(prompt, desk) });
  };
  return client.onEvent((event) => {
    if (event.type !== 'prompts') return;
    open = new Set(event.prompts.map((prompt) => prompt.id));
    for (const prompt of event.prompts) {
      if (seen.has(prompt.id)) continue;
      seen.add(prompt.id);
      if (prompt.kind === 'touch-key') {
        output.note(`${prompt.context.address} waits for your key: touch ${visible(prompt.key)}.`);
        continue;
      }
      if (isAsking()) output.note(`${prompt.context.address} has a question, too: it comes after this one.`);
      void atKeyboard(() => settle(prompt));
    }
  });
}

async function answer(prompt: Asked, desk: Desk): Promise<PromptAnswer> {
  switch (prompt.kind) {
    case 'trust-host':
      return answerTrust(prompt, desk);
    case 'match-exec':
      return answerMatchExec(prompt, desk);
    case 'passphrase':
    case 'password':
    case 'pin':
    case 'keyboard-interactive':
      return desk.options.interactive ? answerSecret(prompt, desk) : { kind: 'cancel' };
  }
}

async function answerTrust(
  prompt: Extract<Prompt, { kind: 'trust-host' }>,
  { options, output, person }: Desk,
): Promise<PromptAnswer> {
  output.note(`${prompt.context.address} shows an unknown key: ${prompt.keyType} ${prompt.fingerprint}`);
  if (options.hostKeys.includes(prompt.fingerprint)) return { kind: 'trust', remember: false };
  if (!options.interactive) {
    output.note('It is not trusted. Compare it, then name it with --host-key, or add it to known_hosts.');
    return { kind: 'cancel' };
  }
  if (prompt.randomart !== undefined) output.note(prompt.randomart);
  const typed = await person('Paste the fingerprint you were given to trust it (empty: not now): ', true);
  return typed?.trim() === prompt.fingerprint ? { kind: 'trust', remember: true } : { kind: 'cancel' };
}

/** Commands of the configuration run on this computer: never without a person who has seen them. */
async function answerMatchExec(
  prompt: Extract<Prompt, { kind: 'match-exec' }>,
  { options, output, person }: Desk,
): Promise<PromptAnswer> {
  output.note('Evaluating the OpenSSH configuration would run on this computer:');
  for (const { file, line, command } of prompt.commands) {
    output.note(`  ${file}:${String(line)}: ${visible(command)}`);
  }
  if (!options.interactive) {
    output.note('They are not run; what they guard is left out. The setting matchExec allows them.');
    return { kind: 'cancel' };
  }
  const typed = await person('Run them? yes/no: ', true);
  return typed?.trim() === 'yes' ? { kind: 'trust', remember: true } : { kind: 'cancel' };
}

type Secret = Exclude<Asked, { kind: 'trust-host' | 'match-exec' }>;

/** The app's own words name what is asked for; words of a server stand behind a bar, so that they cannot pass for them. */
async function answerSecret(prompt: Secret, { output, person }: Desk): Promise<PromptAnswer> {
  const { address } = prompt.context;
  switch (prompt.kind) {
    case 'passphrase':
      return textOf([await person(`Passphrase of ${visible(prompt.file)}: `, false)]);
    case 'password':
      return textOf([await person(`Password for ${address}: `, false)]);
    case 'pin':
      return textOf([await person(`PIN of ${visible(prompt.key)}: `, false)]);
    case 'keyboard-interactive': {
      output.note(`${address} says:`);
      for (const line of `${prompt.title}\n${prompt.instruction}`.split('\n')) {
        if (line.trim() !== '') output.note(`  | ${visible(line)}`);
      }
      const values: (string | null)[] = [];
      for (const field of prompt.fields) {
        output.note(`  | ${visible(field.label)}`);
        values.push(await person(`Answer to ${address}${field.echo ? ' (shown)' : ''}: `, field.echo));
        if (values.at(-1) === null) break;
      }
      return textOf(values);
    }
  }
}

function textOf(values: readonly (string | null)[]): PromptAnswer {
  const given = values.filter((value) => value !== null);
  return given.length === values.length ? { kind: 'text', values: given } : { kind: 'cancel' };
}

/** Control and direction characters as what they are: the text may come from anywhere. */
function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16)}`,
  );
}

/** Asks on stderr; without echo nothing of the answer is shown. The keyboard is left as it was found. */
export async function question(text: string, echo: boolean): Promise<string | null> {
  const { stdin } = process;
  const was = { raw: stdin.isTTY && stdin.isRaw, flowing: stdin.readableFlowing === true };
  process.stderr.write(text);
  const muted = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const lines = createInterface({
    input: stdin,
    output: echo ? process.stderr : muted,
    terminal: true,
  });
  const left = new Promise<null>((resolve) => {
    lines.once('close', () => {
      resolve(null);
    });
  });
  const given = await Promise.race([lines.question(''), left]);
  lines.close();
  if (!echo || given === null) process.stderr.write('\n');
  if (was.raw) stdin.setRawMode(true);
  if (was.flowing) stdin.resume();
  return given;
}
