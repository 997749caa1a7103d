/** A plan goes out as a file, is signed with stock OpenSSH, and comes back: with the real host, by keys and mouse. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../fixtures/cockpit.ts';
import { choose, setOperator } from '../pages/desk.ts';

const run = promisify(execFile);
const approve = 'approve.evidence-v1@holdpoint';

test('an approval made by ssh-keygen elsewhere lets the plan start, and one by the wrong key does not', async ({
  cockpit,
}) => {
  const { page, home, complaints } = cockpit;
  const [bob, eve] = [join(home, 'bob'), join(home, 'eve')];
  for (const key of [bob, eve]) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await setOperator(page);

  await page.keyboard.press('Alt+7');
  await page.getByRole('button', { name: 'Change the trust…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change whom this desk trusts' });
  const line = `bob@example.com namespaces="${approve}" ${(await readFile(`${bob}.pub`, 'utf8')).trim()}\n`;
  await dialog.getByRole('textbox', { name: 'allowed_signers' }).fill(line);
  await dialog.getByRole('button', { name: 'Trust this' }).click();
  await expect(page.getByRole('cell', { name: 'bob@example.com' })).toBeVisible();
  await page.getByRole('switch', { name: 'Rehearsals must satisfy this too' }).press('Space');
  await page.getByRole('button', { name: /Approvals before a run/ }).click();
  await page.getByRole('option', { name: '1', exact: true }).click();

  await choose(page);
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(page.getByText('The plan is complete. It starts when it has been approved.')).toBeVisible();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByText('One approval is missing.')).toBeVisible();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save file' }).click();
  const statement = await readFile(await (await saved).path(), 'utf8');
  const signed = async (key: string): Promise<string> => {
    const file = join(home, 'request.json');
    await writeFile(file, statement);
    // It asks before it writes over an old signature.
    await writeFile(`${file}.sig`, '');
    const answer = run('ssh-keygen', ['-q', '-Y', 'sign', '-f', key, '-n', approve, file]);
    answer.child.stdin?.end('y\n');
    await answer;
    return readFile(`${file}.sig`, 'utf8');
  };
  const field = page.getByRole('textbox', { name: 'Signature from there' });
  const take = page.getByRole('button', { name: 'Check and take it' });
  await field.fill(await signed(eve));
  await take.click();
  await expect(page.getByRole('alert').filter({ hasText: /allowed_signers|listed|trust/ })).toBeVisible();
  await expect(page.getByText('One approval is missing.')).toBeVisible();
  await field.fill(await signed(bob));
  await take.click();
  await expect(page.getByText('Approved. The first command still waits for you.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Start rehearsal/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect(page.getByRole('article', { name: /^Step: / })).toBeVisible();
  expect(complaints).toEqual([]);
});
