import { execFile, spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveAskpass } from '../../../../../electron/host/connect/openssh/askpass.ts';
import type { AskedText, AskpassServer } from '../../../../../electron/host/connect/openssh/askpass.ts';
import { HopQuestions } from '../../../../../electron/host/connect/openssh/hopQuestions.ts';
import { HopTrust } from '../../../../../electron/host/connect/openssh/hopTrust.ts';
import {
  makePrivateFolder,
  removePrivateFolder,
} from '../../../../../electron/host/connect/openssh/privateFolder.ts';
import type { PrivateFolder } from '../../../../../electron/host/connect/openssh/privateFolder.ts';
import { createPassphrases } from '../../../../../electron/host/connect/passphrases.ts';
import type { Ask } from '../../../../../electron/host/connect/connection.ts';

let folder: PrivateFolder;
let server: AskpassServer | undefined;

beforeEach(async () => {
  const made = await makePrivateFolder('');
  if (!made.ok) throw new Error(made.error.message);
  folder = made.value;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await removePrivateFolder(folder);
});

async function serve(onAsked: (asked: AskedText) => void): Promise<void> {
  server = await serveAskpass(folder, onAsked);
}

const ask = (prompt: string, hint?: string): Promise<{ stdout: string }> =>
  promisify(execFile)(folder.askpass, [prompt], {
    env: { PATH: process.env['PATH'], ...(hint === undefined ? {} : { SSH_ASKPASS_PROMPT: hint }) },
  });

describe('the program that asks', () => {
  it('lives where nobody else can look', async () => {
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(folder.path)) {
      expect((await stat(`${folder.path}/${name}`)).mode & 0o077).toBe(0);
    }
  });

  it.each(['plain', ' two  spaces ', '$HOME `id` "quotes" \\n \\', '+plus', '-', '', 'ключ 🔑', "it's"])(
    'prints the answer as it is: %j',
    async (answer) => {
      const seen: string[] = [];
      await serve((asked) => {
        seen.push(`${asked.hint} ${asked.text}`);
        void asked.answer(answer);
      });
      expect((await ask("line one\nline 'two' $(id)")).stdout).toBe(`${answer}\n`);
      expect(seen).toEqual(["ask line one\nline 'two' $(id)"]);
      await vi.waitFor(async () => {
        expect((await readdir(folder.path)).sort()).toEqual(['ask', 'known', 'q']);
      });
    },
  );

  it('fails when the answer is refused, and when nobody listens any more', async () => {
    await serve((asked) => {
      void asked.answer(undefined);
    });
    await expect(ask('first')).rejects.toMatchObject({ code: 1 });
    let waiting: Promise<unknown> | undefined;
    await server?.close();
    await new Promise<void>((resolve) => {
      void serve(() => {
        resolve();
      }).then(() => {
        waiting = ask('second').catch((error: unknown) => error);
      });
    });
    await server?.close();
    expect(await waiting).toMatchObject({ code: 1 });
  });

  it('carries many questions at once, each with its own answer', async () => {
    await serve((asked) => {
      void asked.answer(`to ${asked.text}`);
    });
    const prompts = Array.from({ length: 12 }, (_, n) => `question ${String(n)}`);
    const given = await Promise.all(prompts.map((prompt) => ask(prompt)));
    expect(given.map(({ stdout }) => stdout)).toEqual(prompts.map((prompt) => `to ${prompt}\n`));
  });
});

describe('a hardware key', () => {
  function questions(ask: Ask): HopQuestions {
    const hop = {
      host: 'db',
      port: 22,
      user: 'root',
      knownHosts: [],
      identityFiles: ['/k'],
      keepAlive: { intervalMs: 0, count: 3 },
    };
    const facts = { server: '', kex: '', cipher: '', hostKey: undefined, known: undefined };
    return new HopQuestions({
      hop,
      address: 'root@db:22',
      ask,
      trust: new HopTrust({
        hop,
        address: 'root@db:22',
        files: [],
        factsWithKey: () => Promise.resolve(facts),
      }),
      passphrases: createPassphrases(),
      said: () => [],
      method: () => 'publickey',
      recentWords: () => '',
    });
  }
  const notice = `Confirm user presence for key ED25519-SK SHA256:${'A'.repeat(43)}`;

  it('asks for a touch until ssh has it, and then takes the question back', async () => {
    const asked: unknown[] = [];
    let shown: () => void = () => undefined;
    const isShown = new Promise<void>((resolve) => {
      shown = resolve;
    });
    const handler = questions((address, question, signal) => {
      asked.push(address, question);
      shown();
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          resolve({ kind: 'cancel' });
        });
      });
    });
    let outcome: Promise<unknown> | undefined;
    await serve((one) => {
      outcome = handler.handle(one);
    });
    const program = spawn(folder.askpass, [notice], {
      env: { PATH: process.env['PATH'], SSH_ASKPASS_PROMPT: 'none' },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => program.once('exit', (_code, signal) => resolve(signal)));
    await isShown;
    expect(asked).toEqual(['root@db:22', { kind: 'touch-key', key: `ED25519-SK SHA256:${'A'.repeat(43)}` }]);
    // What ssh does when the key has been touched.
    program.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect(await outcome).toBeUndefined();
  });

  it('ends the attempt when the person does not want to touch it', async () => {
    const handler = questions(() => Promise.resolve({ kind: 'cancel' }));
    let outcome: Promise<unknown> | undefined;
    await new Promise<void>((resolve) => {
      void serve((one) => {
        outcome = handler.handle(one);
        resolve();
      }).then(() => ask(notice, 'none').catch(() => undefined));
    });
    expect(await outcome).toMatchObject({ code: 'cancelled' });
  });

  it('has its PIN asked for, again when it was wrong', async () => {
    const asked: unknown[] = [];
    const handler = questions((_address, question) => {
      asked.push(question);
      return Promise.resolve({ kind: 'text', values: ['1234'] });
    });
    await serve((one) => {
      void handler.handle(one);
    });
    for (let n = 0; n < 2; n += 1)
      expect((await ask('Enter PIN for ED25519-SK key /k: ')).stdout).toBe('1234\n');
    expect(asked).toEqual([
      { kind: 'pin', key: 'ED25519-SK key /k', again: false },
      { kind: 'pin', key: 'ED25519-SK key /k', again: true },
    ]);
  });

  it('and an answer that ssh would cut is not sent at all', async () => {
    for (const words of ['x'.repeat(2000), 'two\nlines']) {
      const handler = questions(() => Promise.resolve({ kind: 'text', values: [words] }));
      const given: unknown[] = [];
      const failed = await handler.handle({
        text: "root@db's password: ",
        hint: 'ask',
        gone: new AbortController().signal,
        answer: (text) => {
          given.push(text);
          return Promise.resolve();
        },
      });
      expect(failed).toMatchObject({ code: 'bad-request' });
      expect(given).toEqual([]);
    }
  });
});
