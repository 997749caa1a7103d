/** Answers a connection's questions on the command line: from the options, else from the person, else not at all. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Prompt, PromptAnswer } from '../contract/prompts.ts';
import type { Client } from './client.ts';
import type { Output } from './output.ts';

export interface PromptOptions {
  /** Fingerprints (`SHA256:…`) that were compared beforehand. */
  readonly hostKeys: readonly string[];
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

/** Answers questions as they come. A host key that is not named and cannot be shown to a person is not trusted. */
export function answerPrompts(client: Client, options: PromptOptions, output: Output): () => void {
  const seen = new Set<string>();
  return client.onEvent((event) => {
    if (event.type !== 'prompts') return;
    for (const prompt of event.prompts) {
      if (seen.has(prompt.id)) continue;
      seen.add(prompt.id);
      void answer(prompt, options, output).then((given) =>
        given === null ? null : client.call('prompt.answer', { id: prompt.id, answer: given }),
      );
    }
  });
}

/** Null: nothing is to be answered, the app takes the question back by itself. */
async function answer(prompt: Prompt, options: PromptOptions, output: Output): Promise<PromptAnswer | null> {
  switch (prompt.kind) {
    case 'trust-host':
      return answerTrust(prompt, options, output);
    case 'match-exec':
      return answerMatchExec(prompt, options, output);
    case 'touch-key':
      output.note(`${prompt.context.address} waits for your key: touch ${prompt.key}.`);
      return null;
    case 'passphrase':
    case 'password':
    case 'pin':
    case 'keyboard-interactive':
      return options.interactive ? answerSecret(prompt, output) : { kind: 'cancel' };
  }
}

async function answerTrust(
  prompt: Extract<Prompt, { kind: 'trust-host' }>,
  options: PromptOptions,
  output: Output,
): Promise<PromptAnswer> {
  output.note(`${prompt.context.address} shows an unknown key: ${prompt.keyType} ${prompt.fingerprint}`);
  if (options.hostKeys.includes(prompt.fingerprint)) return { kind: 'trust', remember: false };
  if (!options.interactive) {
    output.note('It is not trusted. Compare it, then name it with --host-key, or add it to known_hosts.');
    return { kind: 'cancel' };
  }
  if (prompt.randomart !== undefined) output.note(prompt.randomart);
  const typed = await question('Paste the fingerprint you were given to trust it (empty: not now): ', true);
  return typed.trim() === prompt.fingerprint ? { kind: 'trust', remember: true } : { kind: 'cancel' };
}

/** Commands of the configuration run on this computer: never without a person who has seen them. */
async function answerMatchExec(
  prompt: Extract<Prompt, { kind: 'match-exec' }>,
  options: PromptOptions,
  output: Output,
): Promise<PromptAnswer> {
  output.note('Evaluating the OpenSSH configuration would run on this computer:');
  for (const { file, line, command } of prompt.commands) {
    output.note(`  ${file}:${String(line)}: ${visible(command)}`);
  }
  if (!options.interactive) {
    output.note('They are not run; what they guard is left out. The setting matchExec allows them.');
    return { kind: 'cancel' };
  }
  const typed = await question('Run them? yes/no: ', true);
  return typed.trim() === 'yes' ? { kind: 'trust', remember: true } : { kind: 'cancel' };
}

type Secret = Exclude<Prompt, { kind: 'trust-host' | 'match-exec' | 'touch-key' }>;

async function answerSecret(prompt: Secret, output: Output): Promise<PromptAnswer> {
  switch (prompt.kind) {
    case 'passphrase':
      return { kind: 'text', values: [await question(`Passphrase of ${prompt.file}: `, false)] };
    case 'password':
      return { kind: 'text', values: [await question(`Password for ${prompt.context.address}: `, false)] };
    case 'pin':
      return { kind: 'text', values: [await question(`PIN of ${prompt.key}: `, false)] };
    case 'keyboard-interactive': {
      output.note(`${prompt.context.address} asks: ${prompt.title} ${prompt.instruction}`);
      const values: string[] = [];
      for (const field of prompt.fields) values.push(await question(`${field.label} `, field.echo));
      return { kind: 'text', values };
    }
  }
}

/** Control characters as what they are: the file may come from anywhere. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}

/** Asks on stderr; without echo nothing of the answer is shown. */
export async function question(text: string, echo: boolean): Promise<string> {
  process.stderr.write(text);
  const muted = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : muted,
    terminal: true,
  });
  const given = await lines.question('');
  lines.close();
  if (!echo) process.stderr.write('\n');
  return given;
}
