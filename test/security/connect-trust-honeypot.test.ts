/**
 * A recording server that would take any proof of identity: nothing of a login may reach it before a person has trusted
 * its key, however long that takes, over either engine, directly and through a jump host.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { PromptAnswer } from '../../electron/contract/prompts.ts';
import type { Result } from '../../electron/contract/result.ts';
import type { Connect, Connection } from '../../electron/host/connect/connection.ts';
import { connectOpenssh } from '../../electron/host/connect/openssh/opensshConnection.ts';
import { connectSsh2 } from '../../electron/host/connect/ssh2/ssh2Connection.ts';
import { startAgent } from '../fixtures/sshd/startAgent.ts';
import { startFakeServer } from '../fixtures/sshd/startFakeServer.ts';
import type { FakeServer } from '../fixtures/sshd/startFakeServer.ts';
import { makeKey, startSshd } from '../fixtures/sshd/startSshd.ts';
import { failure, plainOptions, value } from '../integration/connect/options.ts';
import { hopOf } from '../integration/connect/suite/bench.ts';

const newKeys = 21;
const thinkingMs = 60_000;
const engines: readonly (readonly [string, Connect])[] = [
  ['ssh2', connectSsh2],
  ['openssh', connectOpenssh],
];
const ways = engines.flatMap(([engine, connect]) =>
  [false, true].map((jump) => ({ engine, connect, jump, way: jump ? 'through a jump host' : 'directly' })),
);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Visit {
  readonly honeypot: FakeServer;
  /** What was asked so far. */
  readonly asked: readonly string[];
  readonly answer: (answer: PromptAnswer) => void;
  readonly connected: Promise<Result<Connection>>;
}

/** Connects with everything that could be given away at hand, and waits until the person is asked. */
async function visit(connect: Connect, jump: boolean): Promise<Visit> {
  const honeypot = await startFakeServer({
    judge: (request) => {
      if (request.method === 'none') request.reject(['publickey', 'password', 'keyboard-interactive']);
      else request.accept();
    },
  });
  closing.push(() => honeypot.stop());
  const agent = await startAgent();
  closing.push(() => agent.stop());
  const [plain, locked] = [join(honeypot.dir, 'plain'), join(honeypot.dir, 'locked')];
  await makeKey(plain, 'ed25519');
  await makeKey(locked, 'ed25519', 'secret');
  await agent.add(plain);
  const bastion = jump ? await startSshd() : undefined;
  if (bastion !== undefined) closing.push(() => bastion.stop());
  const asked: string[] = [];
  let answer: (answer: PromptAnswer) => void = () => undefined;
  let announce: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (announce = resolve));
  const connected = connect(
    plainOptions(honeypot, {
      configFile: 'none',
      knownHosts: [join(honeypot.dir, 'none')],
      identityFiles: [locked, plain],
      agentSocket: agent.socket,
      // Far shorter than the person thinks: only network time counts.
      timeoutMs: 10_000,
      ...(bastion === undefined ? {} : { jumps: [hopOf(bastion)] }),
      ask: (_address, question) => {
        asked.push(question.kind);
        if (question.kind !== 'trust-host') return Promise.resolve({ kind: 'cancel' });
        return new Promise((resolve) => {
          answer = resolve;
          announce();
        });
      },
    }),
  );
  const failed = connected.then((result) => {
    throw new Error(result.ok ? 'connected without a question' : result.error.message);
  });
  await Promise.race([waiting, failed]);
  failed.catch(() => undefined);
  return {
    honeypot,
    asked,
    answer: (given) => {
      answer(given);
    },
    connected,
  };
}

function expectSilence({ honeypot, asked }: Visit): void {
  expect(asked).toEqual(['trust-host']);
  // KEXINIT, its first step, and DISCONNECT. Without NEWKEYS no packet of a login can follow (RFC 4253 section 7.3).
  expect(honeypot.clearPackets).not.toContain(newKeys);
  expect(honeypot.clearPackets.every((type) => [1, 20, 30].includes(type))).toBe(true);
  expect(honeypot.requests).toEqual([]);
}

describe('before the key is trusted', () => {
  it.each(ways)(
    'nothing of a login leaves, and nothing follows a refusal ($engine, $way)',
    async ({ connect, jump }) => {
      const one = await visit(connect, jump);
      expectSilence(one);
      one.answer({ kind: 'cancel' });
      expect(['cancelled', 'trust']).toContain(failure(await one.connected).code);
      expectSilence(one);
    },
  );

  // A real minute, once for all ways: what is shown is that no timer of any client lets go.
  it(
    'nothing leaves in 60 s of thinking, and the answer still counts',
    async () => {
      const visits = await Promise.all(ways.map(({ connect, jump }) => visit(connect, jump)));
      for (let part = 0; part < 12; part += 1) {
        await delay(thinkingMs / 12);
        for (const one of visits) expectSilence(one);
      }
      for (const one of visits) {
        one.answer({ kind: 'trust', remember: false });
        const connection = value(await one.connected);
        expect(connection.facts.pin).toBe('accepted');
        expect(one.honeypot.requests[0]).toBe('none');
        await connection.close();
      }
    },
    thinkingMs + 60_000,
  );
});
