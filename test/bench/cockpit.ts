/** The app as a person has it on the desk: the browser shell, a page in Chromium, a run open with its pane on show. */
import { readFile } from 'node:fs/promises';
import { type Browser, chromium, type Page } from '@playwright/test';
import { findBrowser } from '../../scripts/lib/desktop.mjs';
import { end, serve } from '../e2e/fixtures/cockpit.ts';
import { setOperator, startNow } from '../e2e/pages/desk.ts';
import { fillByKeys } from '../e2e/pages/keyboard.ts';
import type { World } from './world.ts';

export interface Desk {
  readonly page: Page;
  /** Highest memory of the host process and of the page's process so far, in bytes. */
  memory(): Promise<{ readonly host: number; readonly page: number }>;
  close(): Promise<void>;
}

/** Opens the run of a runbook called "Measure", ready for its first step. `prepare` sees the page before it loads. */
export async function openDesk(world: World, prepare: (page: Page) => Promise<void>): Promise<Desk> {
  const env = Object.fromEntries(
    Object.entries(world.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { url, child } = await serve(env);
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await prepare(page);
  await page.goto(url);
  await setOperator(page);
  await page.keyboard.press('Alt+2');
  await page.getByText('Measure').first().click();
  await page.getByRole('heading', { name: 'Measure' }).waitFor();
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.getByRole('heading', { name: 'Start a run' }).waitFor();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Test host' }), world.address);
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'B-1');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Measured');
  await startNow(page);
  await page.getByRole('article', { name: /^Step: / }).waitFor();
  // The live shell's first prompt: the pane is connected.
  await page
    .locator('.xterm-rows')
    .filter({ hasText: /[$#%>]/ })
    .waitFor({ timeout: 30_000 });
  const pids = await renderers(browser);
  return {
    page,
    memory: async () => ({
      host: await peak(child.pid),
      page: Math.max(...(await Promise.all(pids.map(peak)))),
    }),
    close: async () => {
      await browser.close();
      await end(child);
    },
  };
}

function launch(): Promise<Browser> {
  const executablePath = findBrowser();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

async function renderers(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** VmHWM of a process: the most it ever had in memory. */
async function peak(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
