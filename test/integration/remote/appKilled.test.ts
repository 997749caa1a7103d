/** A detached command, its recording and an app that is killed: in the end the record has every byte, once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporary } from '../../unit/host/runs/temporary.ts';
import { knownOptions } from '../connect/options.ts';
import { eventually, startHost } from './host.ts';

/** What the app does with a detached step, and nothing else: start, record, follow; again after each loss of contact. */
function program(connect: string, from: string, settings: object): string {
  return `
    import { appendFile, writeFile } from 'node:fs/promises';
    import { ${connect} as connect } from ${JSON.stringify(from)};
    import { startDetached, followDetached } from './electron/host/remote/detached.ts';
    import { prepareHost } from './electron/host/remote/hostSession.ts';
    import { createRecorder } from './electron/host/terminal/recorder.ts';
    const set = ${JSON.stringify(settings)};
    const recorder = await createRecorder({
      dir: set.dir, cast: 'a.cast', stdout: 'a.out', resume: true, size: { cols: 80, rows: 24 }, title: 't',
      mono: () => Number(process.hrtime.bigint() / 1000n), startedAt: new Date(), onWritten: () => undefined,
      onTrouble: (failure) => { if (failure !== null) throw new Error(failure.message); },
      source: { pause: () => undefined, resume: () => undefined },
    });
    for (;;) {
      const opened = await connect({ ...set.options, ask: () => Promise.resolve({ kind: 'cancel' }) });
      if (!opened.ok) continue;
      const prepared = await prepareHost(opened.value, { runId: set.runId });
      if (!prepared.ok) { await opened.value.close(); continue; }
      const live = { connection: opened.value, prepared: prepared.value };
      const job = { id: set.id, command: set.command, size: { cols: 80, rows: 24 }, detacher: 'shell' };
      const started = await startDetached(live, job);
      await appendFile(set.dir + '/starts', (started.ok ? started.value : started.error.message) + '\\n');
      const followed = await followDetached(live, job, recorder.outputBytes.stdout, {
        onData: (bytes) => recorder.take('stdout', bytes),
      });
      const end = followed.ok ? await followed.value.ended : { how: 'lost' };
      await opened.value.close();
      if (end.how === 'lost') continue;
      await recorder.close();
      await writeFile(set.dir + '/end', JSON.stringify(end));
      process.exit(0);
    }`;
}

const engines = [
  ['the built-in client', 'connectSsh2', './electron/host/connect/ssh2/ssh2Connection.ts'],
  ["the system's ssh", 'connectOpenssh', './electron/host/connect/openssh/opensshConnection.ts'],
] as const;

describe.each(engines)('over %s', (_name, connect, from) => {
  test('links cut three times, app killed twice', async () => {
    const dir = await temporary();
    const host = await startHost();
    onTestFinished(() => host.stop());
    const marker = join(dir, 'marker');
    const lines = 4000;
    const command = `echo run >>${marker}; i=0; while [ $i -lt ${String(lines)} ]; do i=$((i+1)); echo "line $i žluťoučký 🐎"; [ $((i % 40)) != 0 ] || sleep 0.1; done; exit 5`;
    const { ask: _ask, ...options } = knownOptions(host.server, { configFile: 'none' });
    const settings = { dir, options, id: host.job('killed'), runId: host.runId, command };
    const bundle = await build({
      stdin: { contents: program(connect, from, settings), resolveDir: resolve('.'), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      write: false,
    });
    const start = (): ChildProcess => {
      const app = spawn(process.execPath, ['--input-type=module', '-'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      app.stdin.end(bundle.outputFiles[0]?.text ?? '');
      onTestFinished(() => {
        app.kill('SIGKILL');
      });
      return app;
    };
    const output = join(dir, 'a.out');
    const grownTo = (bytes: number) =>
      eventually(() =>
        stat(output).then(
          ({ size }) => size >= bytes,
          () => false,
        ),
      );

    let app = start();
    for (const [bytes, what] of [
      [5_000, 'cut'],
      [20_000, 'kill'],
      [40_000, 'cut'],
      [60_000, 'kill'],
      [80_000, 'cut'],
    ] as const) {
      await grownTo(bytes);
      if (what === 'cut') await host.server.killSessions();
      else {
        const gone = once(app, 'exit');
        app.kill('SIGKILL');
        await gone;
        app = start();
      }
    }
    await once(app, 'exit');
    expect(JSON.parse(await readFile(join(dir, 'end'), 'utf8'))).toEqual({ how: 'exit', code: 5 });
    const whole = Array.from({ length: lines }, (_, i) => `line ${String(i + 1)} žluťoučký 🐎\r\n`).join('');
    expect((await readFile(output, 'utf8')) === whole).toBe(true);
    const [, ...events] = (await readFile(join(dir, 'a.cast'), 'utf8')).trimEnd().split('\n');
    const texts = events.map((line) => JSON.parse(line) as [number, string, string]);
    expect(texts.flatMap(([, code, text]) => (code === 'o' ? [text] : [])).join('') === whole).toBe(true);
    expect(texts.filter(([, code]) => code === 'm').map(([, , text]) => text)).toEqual([
      'taken up again',
      'taken up again',
    ]);
    expect(await readFile(marker, 'utf8')).toBe('run\n');
    const starts = (await readFile(join(dir, 'starts'), 'utf8')).trim().split('\n');
    expect(starts.filter((one) => one === 'started')).toHaveLength(1);
    expect(starts.filter((one) => one === 'there-already').length).toBeGreaterThanOrEqual(4);
  });
});
