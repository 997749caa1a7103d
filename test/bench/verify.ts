/**
 * A bundle of 1 GiB (recordings, raw output, a journal) is verified by the single-file program, against hashing the same
 * bytes with node:crypto in reads of 1 MiB. Both are processes of their own, on a file in the page cache.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../../scripts/lib/paths.mjs';
import type { Json } from '../../electron/domain/evidence/jcs.ts';
import { sha256 } from '../../electron/host/files/hash.ts';
import { type Draft, makeBundle } from '../fixtures/evidence/makeRun.ts';
import type { Figure } from './report.ts';

const STEPS = 24;
const OUT_BYTES = 20 * 1024 * 1024;
const NOTES = 3000;
/** The least of so many: a machine that is shared has quiet moments, and both programs shall have had one. */
const ROUNDS = 9;
const GOAL = 1.2;

export async function verify(): Promise<readonly Figure[]> {
  const root = await mkdtemp(join(tmpdir(), 'holdpoint-bench-verify-'));
  try {
    const { bundle, allowedSigners } = await makeBundle(root, world());
    await rm(join(root, 'runs'), { recursive: true });
    const trust = join(root, 'allowed_signers');
    await writeFile(trust, allowedSigners);
    const { size } = await stat(bundle.path);
    const hashed: number[] = [];
    const verified: Timed[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      hashed.push((await timed([inRoot('test/bench/hashFile.mjs'), bundle.path])).ms);
      verified.push(
        await timed([inRoot('dist/holdpoint-verify.mjs'), bundle.path, '--allowed-signers', trust]),
      );
    }
    const [peer, own] = [Math.min(...hashed), Math.min(...verified.map(({ ms }) => ms))];
    const rss = Math.max(...verified.map(({ rssMb }) => rssMb));
    return [
      {
        what: `verify a bundle of ${(size / 2 ** 20).toFixed(0)} MiB with the single-file program`,
        value: `${own.toFixed(0)} ms, ${(own / peer).toFixed(2)} times the peer`,
        peer: `node:crypto over the file, 1 MiB reads: ${peer.toFixed(0)} ms`,
        ratio: null,
        goal: `at most ${String(GOAL)} times`,
        met: own / peer <= GOAL,
      },
      {
        what: 'peak memory of it',
        value: `${rss.toFixed(0)} MB`,
        peer: '',
        ratio: null,
        goal: 'at most 256 MB',
        met: rss <= 256,
      },
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

interface Timed {
  readonly ms: number;
  readonly rssMb: number;
}

/** Wall time of a process from start to end, and the most memory it had. */
async function timed(args: readonly string[]): Promise<Timed> {
  const begun = performance.now();
  const child = spawn('/usr/bin/env', ['time', '-f', '%M', process.execPath, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const ms = performance.now() - begun;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${said}`);
  return { ms, rssMb: Number(said.trim().split('\n').at(-1)) / 1024 };
}

/** As tools write to a terminal: log lines, some in colour. */
function output(bytes: number): string {
  const lines: string[] = [];
  for (let n = 0, length = 0; length < bytes; n += 1) {
    const pod = `mazevault-backend-${((n * 2654435761) >>> 8).toString(36)}`;
    const state = n % 7 === 0 ? '\x1b[33mPending\x1b[0m' : '\x1b[32mRunning\x1b[0m';
    const line = `2026-11-21T02:03:11.${String(n % 1000).padStart(3, '0')}Z  ${pod}  1/1  ${state}  "restarts": ${String(n % 5)}  age ${String(n % 90)}m\r\n`;
    lines.push(line);
    length += line.length;
  }
  return lines.join('');
}

/** The same as a recording, an event for each piece that a pty gives. */
function recording(text: string): string {
  const events = ['{"version":2,"width":120,"height":40,"timestamp":1795226591}\n'];
  for (let at = 0; at < text.length; at += 3000)
    events.push(`[${(at / 1e6).toFixed(6)}, "o", ${JSON.stringify(text.slice(at, at + 3000))}]\n`);
  return events.join('');
}

function world() {
  const text = output(OUT_BYTES);
  const [out, cast] = [Buffer.from(text), Buffer.from(recording(text))];
  const names = Array.from({ length: STEPS }, (_, index) => `step-${String(index + 1)}`);
  const files: Record<string, Buffer | string | null> = {};
  const drafts: { type: string; d: Json }[] = [];
  const digests = { out: sha256(out), cast: sha256(cast) };
  for (const step of names) {
    const keep = (path: string, content: Buffer | string, digest?: string): Json => {
      files[path] = content;
      return { file: path, bytes: Buffer.byteLength(content), sha256: digest ?? sha256(content) };
    };
    const [command, wire] = [
      keep(`outputs/${step}.cmd`, 'kubectl logs\n'),
      keep(`outputs/${step}.wire`, 'w\n'),
    ];
    const [castPath, outPath] = [`recordings/${step}.cast`, `outputs/${step}.out`];
    const attempt = 1;
    drafts.push(
      {
        type: 'step.start',
        d: {
          step,
          attempt,
          purpose: 'run',
          target: 'ops',
          command,
          wire,
          mode: 'exec',
          recording: castPath,
          output: outPath,
        },
      },
      {
        type: 'step.end',
        d: {
          step,
          attempt,
          end: { how: 'exit', code: 0 },
          ms: 900,
          recording: keep(castPath, cast, digests.cast),
          stdout: keep(outPath, out, digests.out),
        },
      },
      { type: 'check', d: { step, attempt, name: 'exit', expected: '0', actual: '0', ok: true } },
      { type: 'step.result', d: { step, attempt, state: 'passed', via: 'checks' } },
    );
  }
  for (let n = 0; n < NOTES; n += 1)
    drafts.push({
      type: 'note',
      d: { text: `Read ${String(n)} lines: nothing out of the ordinary.`, by: 'Alice' },
    });
  drafts.push({ type: 'run.end', d: { result: 'success' } });
  for (const base of ['01-preflight', '02-upgrade']) {
    for (const end of ['cmd', 'wire', 'out', 'err']) files[`outputs/${base}.${end}`] = null;
    files[`recordings/${base}-ops.cast`] = null;
  }
  return {
    files,
    runbook: runbook(names),
    story: (first: readonly Draft[]): readonly Draft[] =>
      [...first.slice(0, 2), ...drafts].map(({ type, d }, index) => ({
        type,
        d,
        t: index * 10,
        mono: 5_000_000 + index * 10_000,
      })),
  };
}

function runbook(names: readonly string[]): string {
  const steps = names.map(
    (name) =>
      `      - id: ${name}\n        title: ${name}\n        on: ops\n        risk: read\n        run: |\n          kubectl logs\n        expect: { exit: 0 }\n`,
  );
  return `runbook: 1
id: small-upgrade
title: Many logs
version: 1.0.0
kind: upgrade
service: MazeVault
summary: Reads many logs.
targets:
  ops: { title: Host with kubectl }
parameters:
  namespace: { title: Namespace, type: name, required: true }
phases:
  - id: read
    title: Read
    steps:
${steps.join('')}`;
}
