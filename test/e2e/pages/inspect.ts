/** Looks at a view in both themes and at both sizes, and against the accessibility rules. Pictures only when asked for. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';

type Scheme = 'dark' | 'light';
interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: Scheme;
}

/**
 * Structure depends on the size and colours on the theme: the narrow window in the dark and the wide one in the light
 * are every value of both. What is cramped shows in the narrow one.
 */
const NARROW: Look = { width: 1280, height: 800, scheme: 'dark' };
const WIDE: Look = { width: 1920, height: 1080, scheme: 'light' };
/** Rules that look at colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** `npm run screens` renews the README's pictures; any other run writes none. `LOOK` names a folder for one of each view. */
const SCREENS = process.env['SCREENS'];
const LOOK = process.env['LOOK'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

let axe: Promise<string> | null = null;

/** Violations as one line each. What a host prints in the terminal has the colours the host chose: it is left out. The script is evaluated by the debugger: the page's own policy stays as it is. */
async function violations(page: Page, rules: readonly string[] | 'all'): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) {
    axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(`${await axe}; undefined`);
  }
  const options = { resultTypes: ['violations'], ...(rules === 'all' ? {} : { runOnly: rules }) };
  const result = await page.evaluate<AxeResult>(
    `axe.run({ exclude: [[".xterm"]] }, ${JSON.stringify(options)})`,
  );
  return result.violations.map(
    (each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
  );
}

/** The terminal, where there is one, stands on the page's own ground colour and not on that of the other theme. */
async function expectTerminalInTheme(page: Page): Promise<void> {
  const grounds = () =>
    page.evaluate(() => {
      const inside = document.querySelector('.xterm-scrollable-element');
      const around = document.querySelector('.term') ?? document.body;
      return inside === null
        ? null
        : [getComputedStyle(inside).backgroundColor, getComputedStyle(around).backgroundColor];
    });
  await expect
    .poll(async () => {
      const found = await grounds();
      return found === null || found[0] === found[1] || found[0] === 'rgba(0, 0, 0, 0)';
    })
    .toBe(true);
}

async function turnTo(page: Page, look: Look): Promise<void> {
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.emulateMedia({ colorScheme: look.scheme });
  await expect(page.locator('html')).toHaveAttribute('data-theme', look.scheme);
  await expectTerminalInTheme(page);
}

/**
 * Fails on any violation and on sideways scrolling, in the narrow window and the wide one. `brief` judges only the
 * colours in the wide one: for views whose structure the narrow one has shown whole. Leaves the page narrow and dark.
 */
export async function inspect(page: Page, name: string, how: 'whole' | 'brief' = 'brief'): Promise<void> {
  for (const look of [WIDE, NARROW]) {
    await turnTo(page, look);
    const where = `${name} ${String(look.width)} ${look.scheme}`;
    if (LOOK !== undefined) await save(page, LOOK, `${name}-${String(look.width)}-${look.scheme}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, `${where} scrolls sideways`).toBe(false);
    const rules = look === WIDE && how === 'brief' ? COLOURS : 'all';
    expect(await violations(page, rules), where).toEqual([]);
  }
}

/** Whether the README's pictures are being renewed. */
export const renewing = SCREENS !== undefined;

/** A picture of the README, when they are renewed: this view as it is, in this theme. */
export async function picture(page: Page, name: string, scheme: Scheme = 'dark'): Promise<void> {
  if (SCREENS === undefined) return;
  await turnTo(page, { width: 1440, height: 900, scheme });
  await page.mouse.move(0, 0);
  await save(page, SCREENS, name);
}

/** The same of a page that is not the app's. */
export async function pictureOfFile(page: Page, name: string): Promise<void> {
  if (SCREENS === undefined) return;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await save(page, SCREENS, name);
}

async function save(page: Page, folder: string, name: string): Promise<void> {
  await mkdir(resolve(folder), { recursive: true });
  await page.screenshot({ path: resolve(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
