/** Every view, in both themes and at both sizes, against the accessibility rules; pictures are kept for a look. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page, TestInfo } from '@playwright/test';
import { expect, test } from '../fixtures/cockpit.ts';
import { rehearse, setOperator } from '../pages/desk.ts';
import { RunPage } from '../pages/runPage.ts';
import { scriptedAnswers, shippedRunbook } from '../pages/world.ts';

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

async function inspect(page: Page, name: string, info: TestInfo): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      await expectTerminalInTheme(page);
      await page.screenshot({
        path: info.outputPath(`${name}-${String(size.width)}-${colorScheme}.png`),
        animations: 'disabled',
      });
      expect(await violations(page), `${name} ${String(size.width)} ${colorScheme}`).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(wide, `${name} scrolls sideways`).toBe(false);
    }
  }
}

test('every view holds the accessibility rules in both themes and sizes', async ({ cockpit }, info) => {
  test.setTimeout(300_000);
  const { page, complaints } = cockpit;
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await inspect(page, 'library', info);
  await page.keyboard.press('Alt+3');
  await expect(page.getByText('No evidence yet')).toBeVisible();
  await inspect(page, 'evidence-empty', info);
  await page.keyboard.press('Alt+1');
  await expect(page.getByText('No run is open')).toBeVisible();
  await inspect(page, 'run-empty', info);
  await setOperator(page);
  await inspect(page, 'settings', info);
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await inspect(page, 'keys', info);
  await page.keyboard.press('Escape');

  const runbook = await shippedRunbook('mazevault-upgrade-kubernetes');
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('heading', { name: 'Upgrade MazeVault on Kubernetes' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(page.getByText('The plan is complete. The first command still waits for you.')).toBeVisible();
  await inspect(page, 'start', info);
  await page.keyboard.press('Escape');

  await rehearse(page, ['Database dump dies half-way']);
  const run = new RunPage(page, runbook);
  await run.waitForStep(runbook.phases[0]?.steps[0]?.title ?? '');
  await inspect(page, 'run-attest', info);
  const answers = await scriptedAnswers('upgrade');
  await run.goOn(answers, (step) => step.kind === 'hold');
  await inspect(page, 'run-hold', info);
  await run.goOn(answers, (step) => step.id === 'dump');
  await inspect(page, 'run-command', info);
  const dump = runbook.phases.flatMap((phase) => phase.steps).find((step) => step.id === 'dump');
  if (dump === undefined) throw new Error('no dump step');
  await run.act(dump, undefined);
  await expect(run.card().getByRole('alert')).toContainText('Failed');
  await inspect(page, 'run-failed', info);
  expect(complaints).toEqual([]);
});
