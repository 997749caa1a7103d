/** What a hostile host or person wrote is dead text in every form of the report, looked at with a real Chromium. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../electron/domain/report/html.ts';
import { reportOf } from '../../electron/domain/report/report.ts';
import { createChromiumPrinter } from '../../electron/host/reports/chromiumPrinter.ts';
import { CHROMIUM, PDFTOTEXT } from '../fixtures/report/chromium.ts';
import { storyInput } from '../fixtures/report/story.ts';

const run = promisify(execFile);
const hash = (text: string) => createHash('sha256').update(text).digest('base64');

let root: string;
let file: string;
let browser: Browser;
/** Notices every request that would reach a network. */
let trap: Server;
let html: string;
const asked: string[] = [];

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  root = await mkdtemp(join(tmpdir(), 'holdpoint-hostile-'));
  trap = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const address = trap.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // The hostile addresses point at the trap.
  const input = storyInput({ hostile: true, fails: true });
  const aim = (text: string) => text.replaceAll('127.0.0.1:9', `127.0.0.1:${String(port)}`);
  html = aim(renderHtml(reportOf(input), hash));
  file = join(root, 'report.html');
  await writeFile(file, html);
  const noSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...noSandbox, '--disable-gpu'] });
});

afterAll(async () => {
  if (CHROMIUM === undefined) return;
  await browser.close();
  await new Promise((resolve) => trap.close(resolve));
  await rm(root, { recursive: true, force: true });
});

describe.skipIf(CHROMIUM === undefined)('a report of a hostile run', () => {
  it.each([false, true])('is inert in a browser with scripts enabled: %s', async (javaScriptEnabled) => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    const requests: string[] = [];
    const trouble: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => {
      trouble.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('console', (message) => trouble.push(message.text()));
    // An idle network alone may come before the page has been read to its end.
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    await page.waitForLoadState('networkidle');
    const seen = await page.evaluate(() => ({
      active: document.querySelectorAll(
        'script,iframe,object,embed,img,link,base,form,input,button,video,audio,svg a,svg image,svg use,svg script,foreignObject',
      ).length,
      handlers: [...document.querySelectorAll('*')].filter((element) =>
        [...element.attributes].some(
          ({ name, value }) => name.startsWith('on') || /javascript:/i.test(value),
        ),
      ).length,
      outward: [...document.querySelectorAll('a')].filter((a) => !a.getAttribute('href')?.startsWith('#s'))
        .length,
      styles: document.styleSheets.length,
      rules: document.styleSheets[0]?.cssRules.length ?? 0,
      headings: document.querySelectorAll('h1').length,
      outputs: document.querySelectorAll('details pre').length,
      bold: [...document.querySelectorAll('b')].some((b) => b.textContent === 'Alice'),
      text: document.body.innerText,
    }));
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(asked).toEqual([]);
    expect(trouble).toEqual([]);
    expect(seen).toMatchObject({ active: 0, handlers: 0, outward: 0, styles: 1, headings: 1, bold: false });
    // The page's own style sheet did apply: the policy has its right digest.
    expect(seen.rules).toBeGreaterThan(20);
    expect(seen.outputs).toBeGreaterThan(2);
    expect(seen.text).toContain('</pre><script>alert(1)</script>');
    expect(seen.text).toContain('<U+202E>exe.txt');
    expect(seen.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    await context.close();
  });

  it('prints as PDF with the same dead text, and asks nobody for anything', async () => {
    const printed = await createChromiumPrinter().print(html);
    if (!printed.ok) throw new Error(printed.error.message);
    expect(asked).toEqual([]);
    const raw = Buffer.from(printed.value).toString('latin1');
    expect(raw).not.toMatch(/\/JavaScript|\/JS\b|\/Launch|\/URI\b|\/EmbeddedFile/);
    if (PDFTOTEXT === undefined) return;
    const pdf = join(root, 'report.pdf');
    await writeFile(pdf, printed.value);
    const { stdout } = await run(PDFTOTEXT, ['-layout', pdf, '-'], { maxBuffer: 64 * 1024 * 1024 });
    expect(stdout).toContain('<script>alert(1)</script>');
    expect(stdout).toContain('Success with deviations');
    expect(stdout).toMatch(/journal\.jsonl:\d+/);
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
});
