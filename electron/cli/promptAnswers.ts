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
        client.call('prompt.answer', { id: prompt.id, answer: given }),
      );
    }
  });
}

async function answer(prompt: Prompt, options: PromptOptions, output: Output): Promise<PromptAnswer> {
  if (prompt.kind === 'trust-host') {
    output.note(`${prompt.context.address} shows an unknown key: ${prompt.keyType} ${prompt.fingerprint}`);
    if (options.hostKeys.includes(prompt.fingerprint)) return { kind: 'trust', remember: false };
    if (!options.interactive) {
      output.note('It is not trusted. Compare it, then name it with --host-key, or add it to known_hosts.');
      return { kind: 'cancel' };
    }
    const typed = await question('Paste the fingerprint you were given to trust it (empty: not now): ', true);
    return typed.trim() === prompt.fingerprint ? { kind: 'trust', remember: true } : { kind: 'cancel' };
  }
  if (!options.interactive) return { kind: 'cancel' };
  switch (prompt.kind) {
    case 'passphrase':
      return { kind: 'text', values: [await question(`Passphrase of ${prompt.file}: `, false)] };
    case 'password':
      return { kind: 'text', values: [await question(`Password for ${prompt.context.address}: `, false)] };
    case 'keyboard-interactive': {
      output.note(`${prompt.context.address} asks: ${prompt.title} ${prompt.instruction}`);
      const values: string[] = [];
      for (const field of prompt.fields) values.push(await question(`${field.label} `, field.echo));
      return { kind: 'text', values };
    }
  }
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
