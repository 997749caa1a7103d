/**
 * The strict verifier against nonsense, in many shapes and from a seed: it never throws, hangs or eats memory, and never
 * takes for good what is not what was signed. HOLDPOINT_FUZZ_SECONDS makes it longer, HOLDPOINT_FUZZ_SEED another one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { fullRuns, type FullRun, zipOf } from '../fixtures/evidence/fullRun.ts';
import { rngOf } from '../fixtures/fuzz/random.ts';
import { zip } from '../fixtures/evidence/rezip.ts';
import { type Base, baseOf, targets } from '../fixtures/fuzz/targets.ts';
import type { FuzzOrder, FuzzReport } from '../fixtures/fuzz/worker.ts';

const SECONDS = Number(process.env['HOLDPOINT_FUZZ_SECONDS'] ?? '20');
const SEED = process.env['HOLDPOINT_FUZZ_SEED'] ?? 'holdpoint-1';
/** Far above what any case takes on a busy machine: a case that lasts longer does not end. */
const HANG_MS = 20_000;

interface Outcome {
  readonly cases: number;
  readonly mib: number;
  readonly wrong: readonly { readonly target: number; readonly n: number; readonly what: string }[];
}

async function startWorker(dir: string, order: FuzzOrder): Promise<ChildProcess> {
  const program = join(dir, 'worker.cjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, '../fixtures/fuzz/worker.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    external: ['cpu-features', '*.node'],
    define: { 'import.meta.dirname': JSON.stringify(dir), 'import.meta.url': '"file:///worker"' },
  });
  await writeFile(join(dir, 'order.json'), JSON.stringify(order));
  return fork(program, [join(dir, 'order.json')], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
}

/** Follows the worker to its end, or ends it when one case goes on and on. */
function follow(child: ChildProcess): Promise<Outcome> {
  return new Promise((done) => {
    const wrong: Outcome['wrong'][number][] = [];
    let last = { target: 0, n: 0 };
    let stderr = '';
    let outcome: Outcome | null = null;
    let watchdog = setTimeout(() => undefined, 0);
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        wrong.push({ ...last, what: `it did not end within ${String(HANG_MS / 1000)} s` });
        child.kill('SIGKILL');
      }, HANG_MS);
    };
    watch();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('message', (message: FuzzReport) => {
      watch();
      if (message.kind === 'case') last = message;
      else if (message.kind === 'wrong') wrong.push(message);
      else if (message.kind === 'memory')
        wrong.push({ ...message, what: `${String(message.mib)} MiB more than at the beginning` });
      else outcome = { cases: message.cases, mib: message.mib, wrong };
    });
    child.once('close', (code, signal) => {
      clearTimeout(watchdog);
      const ended = `the worker ended: ${String(code ?? signal)} ${stderr}`;
      done(
        outcome ?? { cases: last.n, mib: 0, wrong: wrong.length > 0 ? wrong : [{ ...last, what: ended }] },
      );
    });
  });
}

function orderOf(dir: string, run: FullRun, tsaCa: string): FuzzOrder {
  const { trust } = run;
  return {
    seed: SEED,
    seconds: SECONDS,
    zip: join(dir, 'good.zip'),
    tsaCa,
    trust: {
      allowedSigners: trust.allowedSigners,
      anchors: run.anchors,
      ledger: trust.ledger?.text ?? '',
      ledgerSignature: Buffer.from(trust.ledger?.signatures[0] ?? []).toString(),
      at: (trust.at ?? new Date()).toISOString(),
    },
  };
}

test('what is judged would be noticed: a good input that is said to be a bad one is told', async () => {
  const runs = await fullRuns();
  const good = await runs.make();
  const base = baseOf(good, runs.tsaCa);
  const other = Buffer.from('something else');
  const judge = (name: string, input: Buffer, change: Partial<Base>) =>
    targets.find((target) => target.name === name)?.judge(input, { ...base, ...change });
  expect(await judge('zip bytes', base.zip, { zip: other })).toContain('L1 holds');
  const review = base.parts.filter(({ name }) => !name.includes('/attest/review-1'));
  expect(await judge('contents', zip(review), {})).toBeNull();
  expect(await judge('contents', base.zip, { zip: other })).toContain('another timestamp');
  expect(await judge('signature armor', base.armor, { armor: other })).toContain('holds');
  expect(await judge('timestamp tokens', base.token, { token: other })).toContain('something else');
  await runs.close();
});

test(
  `nothing that is thrown at the verifier breaks it or passes for good (seed ${SEED}, ${String(SECONDS)} s)`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'holdpoint-fuzz-'));
    const runs = await fullRuns();
    const good = await runs.make();
    await writeFile(join(dir, 'good.zip'), zipOf(good));
    const child = await startWorker(dir, orderOf(dir, good, runs.tsaCa));
    const { cases, mib, wrong } = await follow(child);
    process.stderr.write(
      `fuzzed the verifier: seed ${SEED}, ${String(cases)} cases in ${String(SECONDS)} s, ${String(mib)} MiB above its beginning\n`,
    );
    // The input of a bad case follows from its name: it is made again, and kept to be looked at.
    const base = baseOf(good, runs.tsaCa);
    const told: string[] = [];
    for (const { target, n, what } of wrong.slice(0, 5)) {
      const chosen = targets[target];
      const path = join(dir, `case-${String(target)}-${String(n)}.bin`);
      if (chosen !== undefined) await writeFile(path, await chosen.input(rngOf(SEED, target, n), base));
      told.push(`${chosen?.name ?? '?'} case ${String(n)} (seed ${SEED}): ${what}\n  input: ${path}`);
    }
    await runs.close();
    if (wrong.length === 0) await rm(dir, { recursive: true, force: true });
    expect(told.join('\n')).toBe('');
    expect(cases).toBeGreaterThan(targets.length);
  },
  (SECONDS + 120) * 1000,
);
