/** The verifier's page from a file, without a network: it verifies a good bundle and names what is wrong with a bad one. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { buildIfStale } from '../../../scripts/build.mjs';
import { makeBundle } from '../../fixtures/evidence/makeRun.ts';
import { unzip, zip } from '../../fixtures/evidence/rezip.ts';

const PAGE = resolve('dist/holdpoint-verify.html');
let root = '';
let good = '';
let bad = '';
let trust = '';

test.beforeAll(async () => {
  test.skip(test.info().project.name !== 'browser', 'It is a page for a browser.');
  await buildIfStale(['verifier']);
  root = await mkdtemp(join(tmpdir(), 'holdpoint-page-'));
  const made = await makeBundle(root);
  [good, bad, trust] = [made.bundle.path, join(root, 'bad.zip'), join(root, 'allowed_signers')];
  await writeFile(trust, made.allowedSigners);
  const parts = await unzip(good);
  await writeFile(
    bad,
    zip(
      parts.map((part) =>
        part.name.endsWith('journal.jsonl') ? { ...part, data: Buffer.from('{}\n') } : part,
      ),
    ),
  );
});
test.afterAll(() => (root === '' ? undefined : rm(root, { recursive: true, force: true })));

test('verifies from file:// with no request', async ({ page }) => {
  const asked: string[] = [];
  const broken: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => broken.push(String(error)));
  page.on('console', (message) => broken.push(message.text()));
  await page.goto(pathToFileURL(PAGE).href);
  await page.getByLabel(/^Bundle/).setInputFiles(good);
  await page.getByLabel(/^allowed_signers/).setInputFiles(trust);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByRole('heading', { name: 'L1 Intact and attributed: holds' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'L2 Consistent: holds' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'L3 Externally witnessed: no witness' })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);

  await page.getByLabel(/^Bundle/).setInputFiles(bad);
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByRole('heading', { name: 'L1 Intact and attributed: fails' })).toBeVisible();
  const row = page.getByRole('row', { name: /manifest\.hash-mismatch/ });
  await expect(row).toContainText('journal.jsonl');
  expect(asked.filter((url) => url !== pathToFileURL(PAGE).href)).toEqual([]);
  expect(broken).toEqual([]);
});

test('names trust that cannot be read', async ({ page }) => {
  await page.goto(pathToFileURL(PAGE).href);
  await page.getByLabel(/^Bundle/).setInputFiles(good);
  await page.getByLabel(/^allowed_signers/).setInputFiles({
    name: 'allowed_signers',
    mimeType: 'text/plain',
    buffer: Buffer.from('alice@example.com nonsense\n'),
  });
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByRole('alert')).toContainText('allowed_signers line 1');
});

test('lets nothing run that is not by hash in its policy', async () => {
  const html = await readFile(PAGE, 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  for (const [, , text] of html.matchAll(/<(script|style)>(.*?)<\/\1>/gs)) {
    const hash = createHash('sha256')
      .update(text ?? '')
      .digest('base64');
    expect(policy).toContain(`'sha256-${hash}'`);
  }
  expect(html).not.toMatch(/<(?:link|img|iframe|script src)/);
});
