/** Plans, signatures, holds, people, reviews, seals and the ledger, in both themes and sizes, with a host that is played. */
import { expect, test } from '@playwright/test';
import type { SealBlock } from '../../../electron/contract/views.ts';
import type { VarName } from '../../../electron/contract/ids.ts';
import type { PreparedPlan } from '../../../electron/contract/people.ts';
import type { Prompt } from '../../../electron/contract/prompts.ts';
import { fail, ok } from '../../../electron/contract/result.ts';
import {
  armor,
  asked,
  heldRun,
  holdBy,
  overRun,
  peopleAnswers,
  prepared,
  requestOf,
  signedBy,
  trust,
} from '../fixtures/playedPeople.ts';
import { journal, playHost } from '../fixtures/playedHost.ts';
import { fingerprint, otherFingerprint, runId, settings, sha } from '../fixtures/playedWorld.ts';
import { inspect, picture } from '../pages/inspect.ts';
import { tabTo } from '../pages/keyboard.ts';

test.beforeEach(({}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
});

const calls = (host: { readonly asked: readonly { method: string; arg: unknown }[] }, method: string) =>
  host.asked.filter((each) => each.method === method).map((each) => each.arg);

test('a start form says its policy, keeps secrets apart, and prepares a plan for approval', async ({
  page,
}) => {
  const host = await playHost(page, '#/start/patch-web-tier', peopleAnswers());
  await expect(page.getByText('2 approvals before it starts.')).toBeVisible();
  await expect(page.getByText('Holds are passed with signatures')).toBeVisible();
  await page.getByRole('textbox', { name: 'Operations host' }).fill('deploy@ops.example.com');
  await page.getByRole('textbox', { name: 'Paste many' }).fill('web-1 deploy@10.0.4.1');
  await page.getByRole('button', { name: /^Add 1 host/ }).click();
  await page.getByRole('switch', { name: 'May write to the log of: Operations host' }).press('Space');
  await page.getByRole('textbox', { name: 'Security impact' }).fill('Closes CVE-2026-1234.');
  await page.getByRole('switch', { name: /only take place in a window/ }).press('Space');
  await page.getByRole('textbox', { name: 'From (UTC)' }).fill('2026-11-22 02:00');
  await expect(page.getByText('03:00 Prague')).toBeVisible();
  await page.getByRole('textbox', { name: 'To (UTC)' }).fill('2026-11-22 01:00');
  await expect(page.getByText('The window ends before it begins.')).toBeVisible();
  await page.getByRole('textbox', { name: 'To (UTC)' }).fill('2026-11-22 04:00');

  const secret = page.getByLabel('Database password').and(page.locator('input'));
  await secret.fill('hunter2-correct-horse');
  await expect(secret).toHaveAttribute('type', 'password');
  await expect(page.getByText('It starts when it has been approved.')).toBeVisible();
  await inspect(page, 'start-policy');
  await picture(page, 'start-policy-dark');
  const show = page.getByRole('button', { name: /^(Hold to show|Shown): Database password$/ });
  await show.focus();
  await page.keyboard.down('Space');
  await expect(secret).toHaveAttribute('type', 'text');
  await page.keyboard.up('Space');
  await expect(secret).toHaveAttribute('type', 'password');

  await page.keyboard.press('Alt+Enter');
  await expect(page).toHaveURL(new RegExp(`#/plans/${runId}$`));
  const [request] = calls(host, 'plan.prepare') as [Record<string, unknown>];
  expect(request).toMatchObject({
    secrets: { 'db-password': 'hunter2-correct-horse' },
    parameters: {},
    change: { securityImpact: 'Closes CVE-2026-1234.' },
    window: { from: '2026-11-22T02:00:00.000Z', to: '2026-11-22T04:00:00.000Z' },
    targets: { ops: { kind: 'ssh', anchor: true } },
  });
  // Neither the address nor anything the browser keeps has it.
  const kept = await page.evaluate(() =>
    JSON.stringify([
      location.href,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.body.innerHTML,
    ]),
  );
  expect(kept).not.toContain('hunter2');
});

test('a plan is approved here or elsewhere, starts with its secrets, and never by the key that approved it', async ({
  page,
}) => {
  let state: PreparedPlan = prepared;
  const host = await playHost(
    page,
    `#/plans/${runId}`,
    peopleAnswers({
      'plan.list': () => ok([state]),
      'request.import': () =>
        fail('refused', 'alice@example.com is the operator of this plan and cannot approve it.', {
          hint: 'Somebody else has to.',
        }),
    }),
  );
  await expect(page.getByText('Approvals: 1 of 2').first()).toBeVisible();
  await expect(page.getByText('One approval is missing.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Start run/ })).toBeDisabled();
  await expect(page.getByText('That this plan may be carried out, once.')).toBeVisible();
  await expect(page.getByText('Closes CVE-2026-1234; no new exposure.')).toBeVisible();
  const text = requestOf({ kind: 'approval', runId });
  await expect(page.getByLabel('The exact statement')).toHaveText(text.text);
  await expect(page.getByText(text.sha256, { exact: true })).toBeVisible();
  await expect(page.getByRole('img', { name: 'The statement as a QR code' })).toBeVisible();
  await expect(page.getByText('the operator’s own: it does not count here')).toBeVisible();
  await inspect(page, 'plan-waiting');

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save file' }).click();
  expect((await saved).suggestedFilename()).toBe(text.name);

  // Text that is no signature is not sent; a refusal is shown in its words and the text stays.
  const field = page.getByRole('textbox', { name: 'Signature from there' });
  await field.fill('hello');
  await expect(page.getByText(/This is not an SSH signature/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check and take it' })).toBeDisabled();
  await field.fill(armor);
  await page.getByRole('button', { name: 'Check and take it' }).click();
  await expect(page.getByText('is the operator of this plan and cannot approve it')).toBeVisible();
  await expect(field).toHaveValue(armor);
  expect(calls(host, 'request.import')).toEqual([
    { wanted: { kind: 'approval', runId }, sha256: text.sha256, armor },
  ]);

  // Bob's key is the only one that counts: it is chosen, and still nothing is signed without a second, armed press.
  const sign = page.getByRole('button', { name: 'Sign as approver…' });
  await tabTo(page, sign, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  expect(calls(host, 'request.sign')).toEqual([]);
  await page.keyboard.press('Escape');
  await sign.click();
  const dialog = page.getByRole('dialog', { name: 'Sign as approver' });
  await expect(dialog.getByText(text.sha256)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await inspect(page, 'plan-sign');
  state = { ...prepared, state: 'approved', approvals: [...prepared.approvals, ...prepared.approvals] };
  await dialog.getByRole('button', { name: 'Sign', exact: true }).click();
  await expect(dialog).toBeHidden();
  expect(calls(host, 'request.sign')).toEqual([
    {
      wanted: { kind: 'approval', runId },
      sha256: text.sha256,
      key: { kind: 'agent', fingerprint: otherFingerprint },
    },
  ]);
  await expect(page.getByText('Give the secrets: db-password.')).toBeVisible();
  await page.getByLabel('db-password', { exact: true }).fill('s3cret');
  await expect(page.getByRole('button', { name: /^Start run/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect(page).toHaveURL(new RegExp(`#/run/${runId}$`));
  expect(calls(host, 'plan.start')).toEqual([{ runId, secrets: { 'db-password': 's3cret' } }]);
});

test('a changed statement is not signed here', async ({ page }) => {
  await playHost(
    page,
    `#/plans/${runId}`,
    peopleAnswers({
      'request.get': ({ wanted }) => ok({ ...requestOf(wanted), sha256: sha }),
    }),
  );
  await expect(page.getByText('The statement does not have the digest it is said to have.')).toBeVisible();
  await expect(page.getByRole('button', { name: /Sign as/ })).toHaveCount(0);
});

test('a hold is passed with signatures: asked for, given, and a word; asking again voids them', async ({
  page,
}) => {
  const host = await playHost(
    page,
    `#/run/${runId}`,
    peopleAnswers({
      'run.open': () =>
        ok(
          heldRun([], {
            secrets: [{ name: 'db-password' as VarName, title: 'Database password', held: false }],
          }),
        ),
    }),
  );
  await expect(page.getByText('A secret must be given again.')).toBeVisible();
  await expect(page.getByText('No signatures have been asked for yet.')).toBeVisible();
  await inspect(page, 'hold-unasked');
  await expect(page.getByRole('button', { name: /Ask for signatures/ })).toBeEnabled();
  await page.keyboard.press('Alt+Enter');
  await expect
    .poll(() => calls(host, 'run.intent'))
    .toEqual([{ runId, intent: { kind: 'request-hold', step: 'release' } }]);
  host.send({ type: 'run.records', runId, records: journal([asked], 1) });
  await expect(
    page.getByText('2 more signatures are needed, from any of these: operator, verifier, owner.'),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Signature of the verifier…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Signature of the verifier' });
  await expect(
    dialog.getByText('That this hold may be passed, with these commands behind it.'),
  ).toBeVisible();
  await inspect(page, 'hold-request');
  await dialog.getByRole('textbox', { name: 'Signature from there' }).fill(armor);
  await dialog.getByRole('button', { name: 'Check and take it' }).click();
  await expect(dialog).toBeHidden();
  expect(calls(host, 'request.import')).toEqual([
    { wanted: holdBy('verifier'), sha256: requestOf(holdBy('verifier')).sha256, armor },
  ]);
  host.send({
    type: 'run.records',
    runId,
    records: journal([signedBy('verifier', 'bob@example.com', otherFingerprint)], 2),
  });
  await expect(
    page.getByText('One more signature is needed, from any of these: operator, owner.'),
  ).toBeVisible();
  host.send({
    type: 'run.records',
    runId,
    records: journal([signedBy('operator', 'alice@example.com', fingerprint)], 3),
  });
  await expect(page.getByText('Type GO to pass this hold.')).toBeVisible();
  await inspect(page, 'hold-signed');
  await picture(page, 'hold-dark');
  // Neither key passes it; the button does, with the word.
  await page.getByRole('textbox', { name: 'Type GO' }).fill('GO');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Alt+Enter');
  expect(calls(host, 'run.intent')).toHaveLength(1);
  await page.getByRole('button', { name: 'Ask again…' }).click();
  await expect(page.getByText('The 2 signatures given under the present one are void.')).toBeVisible();
  await page.keyboard.press('Enter');
  expect(calls(host, 'run.intent')).toHaveLength(1);
  await page.getByRole('button', { name: 'Pass hold' }).click();
  await expect
    .poll(() => calls(host, 'run.intent').at(-1))
    .toEqual({ runId, intent: { kind: 'pass-hold', step: 'release', names: [], word: 'GO' } });
});

test('people: the trust with its problems, keys, an enrolment and the policy of the site', async ({
  page,
}) => {
  const host = await playHost(
    page,
    '#/people',
    peopleAnswers({
      'people.set-trust': ({ allowedSigners }) =>
        allowedSigners?.includes('broken') === true
          ? fail('bad-request', 'Line 4 of allowed_signers cannot be read: no key.', {
              kept: 'The trust is as it was.',
            })
          : ok({ ...trust, allowedSigners: allowedSigners ?? trust.allowedSigners }),
      'desk.update-settings': (change) => ok({ ...settings, ...change } as typeof settings),
    }),
  );
  await expect(page.getByText('A pattern stands where one exact principal must stand.')).toBeVisible();
  await expect(page.getByText('not listed: its signatures are refused')).toBeVisible();
  await inspect(page, 'people');
  await picture(page, 'people-dark');

  await page.getByRole('button', { name: 'Change the trust…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change whom this desk trusts' });
  const signers = dialog.getByRole('textbox', { name: 'allowed_signers' });
  await signers.fill(`${trust.allowedSigners}broken line\n`);
  await expect(dialog.getByRole('heading', { name: '1 line added, none removed' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Trust this' }).click();
  await expect(dialog.getByText('Line 4 of allowed_signers cannot be read: no key.')).toBeVisible();
  await expect(signers).toHaveValue(/broken line/);
  await inspect(page, 'people-trust');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.getByRole('radio', { name: /id_owner/ }).check({ force: true });
  await page.getByRole('button', { name: 'Make the enrolment…' }).click();
  const prove = page.getByRole('dialog', { name: 'Prove that you hold this key' });
  await expect(prove.getByLabel('Passphrase of the key')).toBeFocused();
  await page.keyboard.type('open sesame');
  await expect(prove.getByRole('button', { name: 'Sign', exact: true })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Hand this to the security team')).toBeVisible();
  expect(calls(host, 'people.enrol')).toEqual([
    {
      principal: 'alice@example.com',
      roles: ['operator'],
      key: { kind: 'file', path: '~/.ssh/id_owner' },
      passphrase: 'open sesame',
    },
  ]);
  await page.getByRole('heading', { name: 'Line for allowed_signers' }).scrollIntoViewIfNeeded();
  await inspect(page, 'people-enrolled');
  await page.getByRole('switch', { name: 'Rehearsals must satisfy this too' }).press('Space');
  await page.getByRole('radio', { name: 'With their signatures' }).click({ force: true });
  await expect
    .poll(() => calls(host, 'desk.update-settings'))
    .toEqual([{ policyInRehearsals: true }, { policy: { holds: 'signed' } }]);
});

test('evidence: who signed, a review, a timestamp, marks on the record', async ({ page }) => {
  const host = await playHost(page, `#/evidence/${runId}`, peopleAnswers());
  await expect(page.getByText('Nobody has reviewed this evidence yet.')).toBeVisible();
  await expect(page.getByText('logger: not found')).toBeVisible();
  await expect(page.getByText('db-password, 2 times in recordings/01-backup-ops.cast')).toBeVisible();
  await inspect(page, 'evidence-people');
  await page.getByRole('button', { name: 'Add a review…' }).click();
  await expect(page.getByRole('button', { name: 'Go on to sign it' })).toBeDisabled();
  await page.getByRole('radio', { name: /Reject the evidence/ }).check({ force: true });
  await expect(page.getByText('Write why it is rejected.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Comment' }).fill('The restore test is missing.');
  await page.getByRole('button', { name: 'Go on to sign it' }).click();
  await expect(page.getByText('That you have read the evidence of this run and reject it.')).toBeVisible();
  await page.getByText('What is signed').scrollIntoViewIfNeeded();
  await inspect(page, 'evidence-review');
  await page.getByRole('textbox', { name: 'Signature from there' }).fill(armor);
  await page.getByRole('button', { name: 'Check and take it' }).click();
  await expect
    .poll(() => calls(host, 'request.import'))
    .toMatchObject([
      { wanted: { kind: 'review', verdict: 'rejected', comment: 'The restore test is missing.' } },
    ]);
  await page.getByRole('button', { name: 'Make a request to carry' }).click();
  await expect(page.getByRole('img', { name: 'The request as a QR code, in base64' })).toBeVisible();
  await page.getByRole('button', { name: 'Get it from the authority' }).click();
  await expect(page.getByText('by the word of CN=Example TSA.')).toBeVisible();
});

test('a seal that is held back: secrets again, or an override with a reason', async ({ page }) => {
  const block: SealBlock = {
    runId,
    findings: [
      { file: 'outputs/01-backup.out', rule: 'db-password', message: 'Found as base64, at byte 4711.' },
    ],
    unknown: ['db-password' as VarName],
  };
  const host = await playHost(
    page,
    `#/evidence/${runId}`,
    peopleAnswers({
      'run.list': () => ok([{ ...overRun, sealBlocked: true }]),
      'evidence.block': () => ok(block),
      'evidence.seal': ({ override }) => ok(override === undefined ? { ...block, unknown: [] } : null),
    }),
  );
  await expect(page.getByRole('heading', { name: 'This run is not sealed' })).toBeVisible();
  await inspect(page, 'seal-blocked');
  await page.getByLabel('db-password', { exact: true }).fill('s3cret');
  await page.getByRole('button', { name: /Search and seal/ }).click();
  await expect(page.getByLabel('db-password', { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Seal it all the same…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Seal although a secret may be in it' });
  await dialog.getByRole('textbox').fill('The password was changed at 02:10.');
  await dialog.getByRole('button', { name: 'Seal all the same' }).click();
  await expect(dialog).toBeHidden();
  expect(calls(host, 'evidence.seal')).toEqual([
    { runId, secrets: { 'db-password': 's3cret' } },
    { runId, override: 'The password was changed at 02:10.' },
  ]);
});

test('the ledger: what is wrong with it first, and an interrupted run is abandoned with a reason', async ({
  page,
}) => {
  const host = await playHost(page, '#/library', peopleAnswers());
  await expect(page.getByRole('heading', { name: 'Library', level: 2 })).toBeVisible();
  await page.keyboard.press('Alt+6');
  await expect(page.getByText('Entry 3 is missing')).toBeVisible();
  await expect(page.getByText('3 runs: 1 sealed, 1 open, 1 abandoned')).toBeVisible();
  await inspect(page, 'ledger');
  await page.getByRole('button', { name: 'Abandon…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Abandon an interrupted run' });
  await page.keyboard.type('Nobody takes it up again.');
  await dialog.getByRole('button', { name: 'Abandon the run' }).click();
  await expect(dialog).toBeHidden();
  expect(calls(host, 'run.abandon')).toEqual([
    { runId: '20261121T230000Z-77aa01', reason: 'Nobody takes it up again.' },
  ]);
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Alt+Enter');
  expect((await saved).suggestedFilename()).toBe('ledger.zip');
});

test('keys meant for a question that was withdrawn reach nothing else', async ({ page }) => {
  const host = await playHost(page, `#/run/${runId}`, peopleAnswers({ 'run.open': () => ok(heldRun([])) }));
  await expect(page.getByRole('heading', { name: 'Release the change' })).toBeVisible();
  const ask = (id: string, address: string): Prompt => ({
    id,
    kind: 'password',
    again: false,
    context: { runId, target: 'ops' as never, address },
  });
  host.send({ type: 'prompts', prompts: [ask('one', 'deploy@first.example.com')] });
  await expect(page.getByLabel('Password of deploy@first.example.com')).toBeFocused();
  await page.keyboard.type('correct-ho');
  host.send({ type: 'prompts', prompts: [ask('two', 'deploy@second.example.com')] });
  await expect(page.getByRole('dialog', { name: 'The question was withdrawn' })).toBeVisible();
  await page.keyboard.type('rse-battery');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'The question was withdrawn' })).toBeVisible();
  expect(calls(host, 'prompt.answer')).toEqual([]);
  await page.getByRole('button', { name: 'I have stopped typing' }).click();
  const next = page.getByLabel('Password of deploy@second.example.com');
  await expect(next).toBeFocused();
  await expect(next).toHaveValue('');
  await page.keyboard.type('other');
  await expect(page.getByRole('button', { name: 'Send' }).last()).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect
    .poll(() => calls(host, 'prompt.answer'))
    .toEqual([{ id: 'two', answer: { kind: 'text', values: ['other'] } }]);

  // Nothing typed yet: the fingers are on their way all the same.
  host.send({ type: 'prompts', prompts: [ask('three', 'deploy@third.example.com')] });
  await expect(page.getByLabel('Password of deploy@third.example.com')).toBeFocused();
  host.send({ type: 'prompts', prompts: [ask('four', 'deploy@fourth.example.com')] });
  await expect(page.getByRole('dialog', { name: 'The question was withdrawn' })).toBeVisible();
});
