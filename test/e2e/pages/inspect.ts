/** Looks at a view in both themes and at both sizes against the accessibility rules; pictures are kept for a look. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, type Page, type TestInfo } from '@playwright/test';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Violations as one line each. What a host prints in the terminal has the colours the host chose: it is left out. The script is evaluated by the debugger: the page's own policy stays as it is. */
async function violations(page: Page): Promise<readonly string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(`${source}; undefined`);
  const result = await page.evaluate<AxeResult>(
    'axe.run({ exclude: [[".xterm"]] }, { resultTypes: ["violations"] })',
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

/**
 * Fails on any violation and on sideways scrolling. `SCREENS` names a folder that gets the pictures too. `brief` keeps
 * no pictures of its own and judges each theme once: for views that others have judged at both sizes in kind.
 */
export async function inspect(
  page: Page,
  name: string,
  info: TestInfo,
  how: 'whole' | 'brief' = 'whole',
): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      await expectTerminalInTheme(page);
      if (how === 'whole' || process.env['SCREENS'] !== undefined) {
        await page.screenshot({
          path: picture(`${name}-${String(size.width)}-${colorScheme}.png`, info),
          animations: 'disabled',
        });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(wide, `${name} scrolls sideways`).toBe(false);
      // Colours do not depend on the size: the fourth combination is looked at, not judged again.
      if (size.width > 1280 && (colorScheme === 'light' || how === 'brief')) continue;
      expect(await violations(page), `${name} ${String(size.width)} ${colorScheme}`).toEqual([]);
    }
  }
}

function picture(name: string, info: TestInfo): string {
  const folder = process.env['SCREENS'];
  return folder === undefined ? info.outputPath(name) : join(folder, name);
}
