import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../../electron/contract/ids.ts';
import { fail, ok } from '../../../electron/contract/result.ts';
import { type BundleDesk, createBundleDesk, MAX_OPEN } from '../../../electron/host/bundles/bundleDesk.ts';
import { createReportDesk } from '../../../electron/host/reports/reportDesk.ts';
import { makeBundle, type MakeOptions, must, RUN_ID } from '../../fixtures/evidence/makeRun.ts';

let root: string;
let desks: BundleDesk[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-open-'));
  desks = [];
});
afterEach(async () => {
  for (const desk of desks) await desk.closeAll();
  await rm(root, { recursive: true, force: true });
});

async function opened(options: MakeOptions = {}) {
  const made = await makeBundle(root, options);
  const desk = createBundleDesk({
    data: root,
    trust: () => Promise.resolve(ok({ allowedSigners: made.allowedSigners })),
    bundleOf: () => Promise.resolve(ok({ name: made.bundle.name, path: made.bundle.path })),
  });
  desks.push(desk);
  return { ...made, desk };
}

const kept = () => readdir(join(root, 'open-bundles')).catch(() => []);

async function upload(desk: BundleDesk, bytes: Buffer, piece = 50_000) {
  const { id } = must(await desk.begin('b.zip', bytes.length));
  for (let at = 0; at < bytes.length; at += piece) {
    must(await desk.chunk(id, bytes.subarray(at, at + piece).toString('base64')));
  }
  return id;
}

describe('a bundle that is opened', () => {
  it('is verified and gives the run as a snapshot to fold, by path, by upload and from the desk itself', async () => {
    const { desk, bundle } = await opened();
    const byPath = must(await desk.openPath(bundle.path));
    const byUpload = must(await desk.openUpload(await upload(desk, await readFile(bundle.path))));
    const byRun = must(await desk.openRun(RUN_ID as RunId));
    for (const view of [byPath, byUpload, byRun]) {
      expect(view).toMatchObject({
        bytes: bundle.bytes,
        sha256: bundle.sha256,
        verdict: { l1: 'holds', l2: 'holds' },
      });
      expect(view.snapshot).toMatchObject({ live: false, links: [], plan: { runId: RUN_ID } });
      expect(view.snapshot?.records.at(-1)?.type).toBe('run.end');
    }
    expect(byUpload.name).toBe('b.zip');
  });

  it('keeps a private copy: what happens to the file afterwards changes nothing', async () => {
    const { desk, bundle, dir } = await opened();
    const view = must(await desk.openPath(bundle.path));
    await writeFile(bundle.path, 'something else');
    const read = must(await desk.read(view.id, 'plan/plan.json', 0, 1_000_000));
    expect(Buffer.from(read.base64, 'base64').equals(await readFile(join(dir, 'plan/plan.json')))).toBe(true);
    expect(read.end).toBe(true);
    const [name] = await kept();
    const folder = join(root, 'open-bundles');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, name ?? ''))).mode & 0o777).toBe(0o600);
  });

  it('is read in pieces, to its end and not beyond', async () => {
    const { desk, bundle, dir } = await opened();
    const { id } = must(await desk.openPath(bundle.path));
    const whole = await readFile(join(dir, 'journal.jsonl'));
    const parts: Buffer[] = [];
    for (let end = false, at = 0; !end; at += 100) {
      const read = must(await desk.read(id, 'journal.jsonl', at, 100));
      parts.push(Buffer.from(read.base64, 'base64'));
      ({ end } = read);
    }
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
    expect(must(await desk.read(id, 'journal.jsonl', whole.length + 5, 10))).toEqual({
      base64: '',
      end: true,
    });
    expect(await desk.read(id, '../../etc/passwd', 0, 10)).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });

  it('shows its findings and no run when a byte was changed', async () => {
    const { desk, bundle } = await opened();
    const bytes = await readFile(bundle.path);
    const at = bytes.indexOf('has been upgraded');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(bundle.path, bytes);
    const view = must(await desk.openPath(bundle.path));
    expect(view.verdict.l1).toBe('fails');
    expect(view.verdict.findings.length).toBeGreaterThan(0);
    expect(view).not.toHaveProperty('snapshot');
    const report = createReportDesk(reportOptions(desk));
    expect(await report.make({ kind: 'bundle', id: view.id }, 'html')).toMatchObject({
      ok: false,
      error: { code: 'refused' },
    });
  });

  it('can be anything at all: a file that is no bundle gives findings, not a crash', async () => {
    const { desk } = await opened();
    const file = join(root, 'cat.jpg');
    await writeFile(file, 'no zip');
    const view = must(await desk.openPath(file));
    expect(view.verdict.l1).toBe('fails');
    expect(await desk.openPath(join(root, 'nothing'))).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
    expect(await desk.openPath(root)).toMatchObject({ ok: false });
  });

  it('is refused when it is larger than a bundle can be, before anything is copied', async () => {
    const { desk } = await opened();
    const file = join(root, 'huge.zip');
    await writeFile(file, '');
    await truncate(file, 2 ** 32 + 10);
    expect(await desk.openPath(file)).toMatchObject({ ok: false, error: { code: 'unsupported' } });
    expect(await desk.begin('huge.zip', 2 ** 33)).toMatchObject({
      ok: false,
      error: { code: 'unsupported' },
    });
    expect(await kept()).toEqual([]);
  });

  it('is gone from the disk when it is closed', async () => {
    const { desk, bundle } = await opened();
    const { id } = must(await desk.openPath(bundle.path));
    expect(await kept()).toHaveLength(1);
    must(await desk.close(id));
    expect(await kept()).toEqual([]);
    expect(await desk.read(id, 'run.json', 0, 10)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('gives way, the one used longest ago first, when one too many is opened', async () => {
    const { desk, bundle } = await opened();
    const ids: string[] = [];
    for (let n = 0; n < MAX_OPEN; n++) ids.push(must(await desk.openPath(bundle.path)).id);
    must(await desk.read(ids[0] ?? '', 'run.json', 0, 1));
    ids.push(must(await desk.openPath(bundle.path)).id);
    expect(await kept()).toHaveLength(MAX_OPEN);
    expect((await desk.read(ids[0] ?? '', 'run.json', 0, 1)).ok).toBe(true);
    expect((await desk.read(ids[1] ?? '', 'run.json', 0, 1)).ok).toBe(false);
  });
});

describe('an upload', () => {
  it('is refused when it is cut short, too long or not base64, and leaves nothing behind', async () => {
    const { desk, bundle } = await opened();
    const bytes = await readFile(bundle.path);
    const short = must(await desk.begin('b.zip', bytes.length)).id;
    expect(must(await desk.chunk(short, bytes.subarray(0, 10).toString('base64')))).toEqual({ received: 10 });
    expect(await desk.openUpload(short)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    const long = must(await desk.begin('b.zip', 5)).id;
    expect(await desk.chunk(long, bytes.subarray(0, 10).toString('base64'))).toMatchObject({ ok: false });
    expect(await desk.openUpload(long)).toMatchObject({ ok: false });
    const odd = must(await desk.begin('b.zip', 5)).id;
    expect(await desk.chunk(odd, '****')).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(await desk.openUpload(odd)).toMatchObject({ ok: false });
    expect(await desk.chunk('nobody', '')).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await kept()).toEqual([]);
  });

  it('keeps the order of its pieces when they are sent without waiting', async () => {
    const { desk, bundle } = await opened();
    const bytes = await readFile(bundle.path);
    const { id } = must(await desk.begin('b.zip', bytes.length));
    const pieces: Promise<unknown>[] = [];
    for (let at = 0; at < bytes.length; at += 1000) {
      pieces.push(desk.chunk(id, bytes.subarray(at, at + 1000).toString('base64')));
    }
    await Promise.all(pieces);
    expect(must(await desk.openUpload(id)).sha256).toBe(bundle.sha256);
  });
});

describe('what a killed app left behind', () => {
  it('is removed at the next start; what another living app has open is not', async () => {
    const folder = join(root, 'open-bundles');
    await mkdir(folder, { mode: 0o700 });
    // No process has this number: it is above what Linux gives out.
    await writeFile(join(folder, '99999999-0a0b0c0d-00.zip'), 'left');
    await writeFile(
      join(folder, `${String(process.pid)}-00000000-00.zip`),
      'of an earlier process of this number',
    );
    await writeFile(join(folder, `${String(process.ppid)}-0a0b0c0d-00.zip`), 'in use elsewhere');
    const { desk } = await opened();
    await desk.tidy();
    expect(await kept()).toEqual([`${String(process.ppid)}-0a0b0c0d-00.zip`]);
  });
});

describe('the report of an open bundle', () => {
  it('is made from the bundle alone: commands, outputs, verdict', async () => {
    const { desk, bundle } = await opened();
    const { id } = must(await desk.openPath(bundle.path));
    const reports = createReportDesk(reportOptions(desk));
    const html = must(await reports.make({ kind: 'bundle', id }, 'html'));
    const text = Buffer.from(html.bytes).toString('utf8');
    expect(html).toMatchObject({ name: `${RUN_ID}.report.html`, mime: 'text/html;charset=utf-8' });
    expect(text).toContain('helm upgrade');
    expect(text).toContain('Release &quot;mazevault&quot; has been upgraded.');
    expect(text).toContain('✓ holds');
    expect(text).toContain(bundle.sha256);
    for (const format of ['markdown', 'csv', 'json'] as const) {
      expect(must(await reports.make({ kind: 'bundle', id }, format)).bytes.length).toBeGreaterThan(500);
    }
    expect(await reports.make({ kind: 'bundle', id: 'other' }, 'html')).toMatchObject({ ok: false });
  });
});

function reportOptions(desk: BundleDesk) {
  return {
    data: root,
    snapshot: () => Promise.resolve(fail('not-found', 'no run')),
    view: () => Promise.resolve(fail('not-found', 'no run')),
    bundle: (id: string) => desk.get(id),
    pdf: { print: () => Promise.resolve(fail('unsupported', 'no printer')) },
  };
}
