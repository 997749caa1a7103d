/** Packages of runbooks over the real host, by keys: opened from a file, imported, gone back to, made, refused. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namespaceOf } from '../../../electron/domain/evidence/names.ts';
import { allowedSignersLine } from '../../../electron/host/evidence/allowedSigners.ts';
import { ed25519Signer } from '../../../electron/host/evidence/signer.ts';
import { pack, unpacked } from '../../fixtures/packageBytes.ts';
import { expect, test } from '../fixtures/cockpit.ts';
import { inspect, picture } from '../pages/inspect.ts';
import { chooseFile, fillByKeys, tabTo } from '../pages/keyboard.ts';

const book = (version: string) => `runbook: 1
id: packaged
title: Look at the host
version: ${version}
kind: verification
service: Test
summary: One command.
roles: [operator]
targets: { ops: { title: Host } }
phases:
  - id: only
    title: Only
    steps:
      - { id: look, title: Look, run: echo here, on: ops, timeout: 10m, risk: read, expect: { stdout: { equals: here } } }
`;

test('a package is opened from a file, imported, replaced, gone back to, and marks its runbook', async ({
  cockpit,
}) => {
  const { page, home, complaints } = cockpit;
  const made = ed25519Signer(Buffer.alloc(32, 7));
  if (!made.ok) throw new Error(made.error.message);
  const signer = made.value;
  const trust = join(home, 'data', 'trust');
  await mkdir(trust, { recursive: true });
  const line = allowedSignersLine('owner@example.com', [namespaceOf('release')], signer);
  await writeFile(join(trust, 'allowed_signers'), `${line}\n`);
  const file = async (version: string, signed: boolean): Promise<string> => {
    const one = unpacked({ 'runbooks/packaged.runbook.yaml': book(version) }, { version });
    const armor = signed ? await signer.sign(namespaceOf('release'), one.sums) : null;
    if (armor?.ok === false) throw new Error(armor.error.message);
    const path = join(home, `site-${version}.runbooks.zip`);
    await writeFile(path, pack(one, armor?.value ?? null));
    return path;
  };
  const open = (path: string): Promise<void> => chooseFile(page, path);

  await page.keyboard.press('Alt+9');
  await expect(page.getByText('No package is imported here.')).toBeVisible();
  await open(await file('1.0.0', true));
  const pane = page.getByRole('region', { name: 'Opened: site-1.0.0.runbooks.zip' });
  // The host is still putting the library together.
  await expect(pane).toContainText('owner@example.com');
  await expect(pane).toContainText('new runbook packaged');
  await inspect(page, 'package');
  await picture(page, 'package-dark');
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByText('Imported site 1.0.0.')).toBeVisible();

  await open(await file('1.1.0', true));
  await expect(page.getByText('1.0.0 → 1.1.0')).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByText('Imported site 1.1.0.')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Go back to 1.0.0 of site' }));
  await page.keyboard.press('Space');
  const asked = page.getByRole('dialog');
  await tabTo(page, asked.getByRole('button', { name: 'Go back to 1.0.0' }));
  await page.keyboard.press('Space');
  await expect(page.getByText('site 1.0.0', { exact: true })).toBeVisible();

  await open(await file('1.2.0', false));
  await expect(page.getByText('Nobody has signed this package.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Import/ })).toBeDisabled();
  await page.keyboard.press('Alt+Home');
  await expect(page.getByText('Nobody has signed this package.')).toBeHidden();

  // A package that is made here, of one runbook, and what somebody signs of it elsewhere.
  await page.keyboard.press('Alt+Shift+Enter');
  const dialog = page.getByRole('dialog');
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Name' }), 'ours');
  await tabTo(page, dialog.getByRole('checkbox', { name: 'Look at the host' }));
  await page.keyboard.press('Space');
  await tabTo(page, dialog.getByRole('button', { name: 'Make it' }));
  await page.keyboard.press('Space');
  await expect(page.getByRole('region', { name: 'Opened: ours-1.0.0.runbooks.zip' })).toContainText('nobody');
  await tabTo(page, page.getByRole('button', { name: 'Sign it' }));
  await page.keyboard.press('Space');
  await expect(page.getByText(/ssh-keygen -Y sign -f KEY -n release\.evidence-v1@holdpoint/)).toBeVisible();

  await page.keyboard.press('Alt+2');
  await page.keyboard.press('Control+F');
  await page.keyboard.type('Look at the host');
  await expect(page.getByRole('region', { name: 'At a glance' })).toContainText(
    'Released in site 1.0.0 by owner@example.com',
  );
  expect(complaints).toEqual([]);
});
