/** Moves as a person without a mouse does. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Presses Tab until the element has the focus. Fails when it cannot be reached. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 120; presses += 1) {
    if (
      await target.evaluate(
        (element) => element === document.activeElement || element.contains(document.activeElement),
      )
    ) {
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not reach ${String(target)}`);
}

/** Types into a field reached by Tab, in place of what it holds. */
export async function fillByKeys(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/**
 * Opens the file chooser of the view by its keys and gives it a file. The page is asked something in between: told to
 * hand its chooser over it does that between other work, and a key comes before all other work.
 */
export async function chooseFile(page: Page, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.evaluate(() => document.readyState);
  await page.keyboard.press('Alt+U');
  await (await chooser).setFiles(file);
}
