/** Every view of trust, questions, groups and links, in both themes and sizes, with a host that is played. */
import type { LinkState } from '../../../electron/contract/views.ts';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Prompt } from '../../../electron/contract/prompts.ts';
import type { RecordBody } from '../../../electron/contract/records.ts';
import { expect, test } from '@playwright/test';
import { playHost } from '../fixtures/playedHost.ts';
import {
  answers,
  connected,
  ended,
  fingerprint,
  halfway,
  members,
  otherFingerprint,
  randomart,
  runId,
  sent,
  settled,
  sha,
} from '../fixtures/playedWorld.ts';
import { inspect } from '../pages/inspect.ts';
import { fillByKeys, tabTo } from '../pages/keyboard.ts';

test.beforeEach(({}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
});

const ops = 'ops' as TargetName;
const runHash = `#/run/${runId}`;
const opsConnected = connected('ops', 'deploy@ops.example.com:22');
const link = (state: LinkState['state'], more: object = {}): LinkState => ({
  target: ops,
  address: 'deploy@ops.example.com:22',
  state,
  engine: 'openssh',
  via: ['jump@bastion.example.com:22', 'jump@inner.example.com:22'],
  ...more,
});
const backupDone: readonly RecordBody[] = [
  opsConnected,
  sent('backup', 'ops', 1, { mode: 'detached', job: 'hp-1' }),
  ...ended('backup', 1, 0, 61_000),
  settled('backup', 1, 'passed'),
];

const context = { runId, target: ops, address: 'jump@bastion.example.com:22' };
const trust: Prompt = {
  id: 'p1',
  context,
  kind: 'trust-host',
  keyType: 'ssh-ed25519',
  fingerprint,
  randomart,
  file: '~/.ssh/known_hosts',
};

test('a first use is compared before it can be accepted, and the default is not now', async ({ page }) => {
  const host = await playHost(page, runHash, answers([], [link('asking')]));
  await expect(page.getByRole('heading', { name: 'Back the database up' })).toBeVisible();
  host.send({ type: 'prompts', prompts: [trust] });
  const dialog = page.getByRole('dialog', { name: 'Unknown host key' });
  await expect(dialog.getByText('jump host 1 of 2 on the way to deploy@ops.example.com')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Not now' })).toBeFocused();
  await expect(dialog.getByRole('button', { name: 'Accept key' })).toBeDisabled();
  await inspect(page, 'trust', 'whole');

  const field = dialog.getByRole('textbox', { name: 'Paste the fingerprint you were given' });
  await fillByKeys(page, field, 'SHA256:short');
  await expect(dialog.getByText(/no whole SHA256 fingerprint/).first()).toBeVisible();
  await fillByKeys(page, field, otherFingerprint);
  await expect(dialog.getByText('The fingerprints differ. Do not accept this key.').first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Accept key' })).toBeDisabled();
  await inspect(page, 'trust-differs');
  await fillByKeys(page, field, `256 ${fingerprint} bastion (ED25519)`);
  await expect(dialog.getByText('The fingerprints are the same.')).toBeVisible();
  // Enter in the field is no answer.
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await tabTo(page, dialog.getByRole('button', { name: 'Accept key' }));
  await page.keyboard.press('Space');
  await expect(dialog).toBeHidden();
  expect(host.asked.filter((each) => each.method === 'prompt.answer')).toEqual([
    { method: 'prompt.answer', arg: { id: 'p1', answer: { kind: 'trust', remember: true } } },
  ]);
});

test('Enter by reflex never accepts a key', async ({ page }) => {
  const host = await playHost(page, runHash, answers([], [link('asking')]));
  await expect(page.getByRole('heading', { name: 'Back the database up' })).toBeVisible();
  host.send({ type: 'prompts', prompts: [trust] });
  await expect(page.getByRole('button', { name: 'Not now' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(host.asked.find((each) => each.method === 'prompt.answer')?.arg).toEqual({
    id: 'p1',
    answer: { kind: 'cancel' },
  });
});

test('words of a server stay in their box; several fields, echo, PIN, touch and commands are asked', async ({
  page,
}) => {
  const host = await playHost(page, runHash, answers([], [link('asking')]));
  await expect(page.getByRole('heading', { name: 'Back the database up' })).toBeVisible();
  const dialog = page.getByRole('dialog');

  host.send({
    type: 'prompts',
    prompts: [
      {
        id: 'k',
        context,
        kind: 'keyboard-interactive',
        title: 'Unknown host key \u202eaccepted',
        instruction: `Holdpoint needs your password.\n${'line\n'.repeat(200)}`,
        fields: [
          { label: 'Token name', echo: true },
          { label: 'Code from the token', echo: false },
        ],
      },
    ],
  });
  await expect(dialog.getByText('The server jump@bastion.example.com:22 says')).toBeVisible();
  await expect(dialog.getByText('<U+202E>')).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: /Answer 1 of 2.*Token name/ })).toBeFocused();
  await expect(dialog.getByLabel(/Answer 2 of 2.*Code from the token/)).toHaveAttribute('type', 'password');
  await inspect(page, 'prompt-server');

  host.send({ type: 'prompts', prompts: [{ id: 't', context, kind: 'touch-key', key: 'ED25519-SK token' }] });
  await expect(page.getByRole('dialog', { name: 'Touch your key' })).toBeVisible();
  await expect(dialog.getByRole('button')).toHaveCount(1);
  await inspect(page, 'prompt-touch');
  host.send({ type: 'prompts', prompts: [] });
  await expect(dialog).toBeHidden();

  host.send({
    type: 'prompts',
    prompts: [{ id: 'n', context, kind: 'pin', key: 'ED25519-SK token', again: true }],
  });
  await expect(dialog.getByText('That was not right. Try again.')).toBeVisible();
  await inspect(page, 'prompt-pin');

  host.send({
    type: 'prompts',
    prompts: [
      {
        id: 'm',
        context,
        kind: 'match-exec',
        commands: [{ file: '~/.ssh/config', line: 7, command: 'test -e /run/vpn-up \u202e' }],
      },
    ],
  });
  await expect(dialog.getByText('~/.ssh/config:7')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Do not run' })).toBeFocused();
  await inspect(page, 'prompt-match-exec');
  await tabTo(page, dialog.getByRole('checkbox', { name: 'Remember until the app ends' }), 'Shift+Tab');
  await page.keyboard.press('Space');
  await tabTo(page, dialog.getByRole('button', { name: 'Run it' }));
  await page.keyboard.press('Space');
  await expect(dialog).toBeHidden();
  expect(host.asked.filter((each) => each.method === 'prompt.answer').at(-1)?.arg).toEqual({
    id: 'm',
    answer: { kind: 'trust', remember: true },
  });
});

test('a changed key is a hard stop; replacing it takes the fingerprint, a reason and a second person', async ({
  page,
}) => {
  const failed = link('failed', {
    failure: {
      code: 'trust',
      message: 'deploy@ops.example.com:22 shows another host key than the one on record.',
      changedKey: {
        address: 'deploy@ops.example.com:22',
        name: 'ops.example.com',
        old: [{ type: 'ssh-ed25519', fingerprint: otherFingerprint, file: '~/.ssh/known_hosts', line: 41 }],
        shown: { type: 'ssh-ed25519', fingerprint, randomart },
      },
    },
  });
  const host = await playHost(page, runHash, answers([], [failed]));
  await expect(page.getByRole('heading', { name: 'The host key has changed' })).toBeVisible();
  await expect(page.getByText('~/.ssh/known_hosts:41')).toBeVisible();
  await inspect(page, 'changed-key', 'whole');
  await tabTo(page, page.getByRole('button', { name: 'Replace the key…' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Replace the key on record' });
  await expect(dialog.getByRole('button', { name: 'Replace the key' })).toBeDisabled();
  await fillByKeys(
    page,
    dialog.getByRole('textbox', { name: 'Fingerprint that you got another way' }),
    fingerprint,
  );
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Reason' }), 'Rebuilt on Saturday');
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Second person' }), 'alice meyer');
  await expect(dialog.getByText('The second person must be another one than the operator.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Replace the key' })).toBeDisabled();
  await fillByKeys(page, dialog.getByRole('textbox', { name: 'Second person' }), 'Bob Fox');
  await inspect(page, 'replace-key');
  await tabTo(page, dialog.getByRole('button', { name: 'Replace the key' }));
  await page.keyboard.press('Space');
  await expect(dialog).toBeHidden();
  expect(host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg).toEqual({
    runId,
    intent: {
      kind: 'replace-host-key',
      target: 'ops',
      fingerprint,
      reason: 'Rebuilt on Saturday',
      second: 'Bob Fox',
    },
  });
});

test('a hundred hosts: counted, filtered, each with its terminal; one or all are interrupted', async ({
  page,
}) => {
  const host = await playHost(
    page,
    runHash,
    answers([...backupDone, ...halfway(36, 10, 1)], [link('connected')]),
  );
  await expect(page.getByText('36 of 100 passed')).toBeVisible();
  await inspect(page, 'group-running', 'whole');
  const rows = page.locator('.board__pick');
  await expect(rows).toHaveCount(100);
  await tabTo(page, page.getByRole('button', { name: 'failed 1' }));
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(1);
  await tabTo(page, rows.first());
  await page.keyboard.press('Enter');
  await expect(page.getByText('web-037 of web')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'running 10' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(10);
  await tabTo(page, rows.first());
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText('web-039 of web')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Send Ctrl+C to web-039' }));
  await page.keyboard.press('Space');
  await expect
    .poll(() => host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg)
    .toEqual({ runId, intent: { kind: 'signal', step: 'patch', signal: 'INT', target: 'web-039' } });
  await tabTo(page, page.getByRole('button', { name: 'Ctrl+C to all' }));
  await page.keyboard.press('Space');
  await expect
    .poll(() => host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg)
    .toEqual({ runId, intent: { kind: 'signal', step: 'patch', signal: 'INT' } });
});

test('a group that waits, and one that did not pass', async ({ page }) => {
  await playHost(page, runHash, answers(backupDone, [link('connected')]));
  await expect(page.getByText(/The first host alone, then the rest/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await inspect(page, 'group-waits');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const notRun = members.slice(37).map(
    (target) =>
      ({
        type: 'target.result',
        d: { step: 'patch', target, state: 'not-run', reason: 'web-037 did not pass' },
      }) as unknown as RecordBody,
  );
  const over = [
    ...backupDone,
    ...halfway(36, 0, 1),
    ...notRun,
    settled('patch', 37, 'failed', 'targets', '36 of 100 passed; failed: web-037; not run: 63 hosts'),
  ];
  const next = await page.context().newPage();
  await playHost(next, runHash, answers(over, [link('connected')]));
  await expect(next.getByText('36 of 100 passed', { exact: true })).toBeVisible();
  await expect(next.getByRole('button', { name: 'not run 63' })).toBeVisible();
  await inspect(next, 'group-failed');
});

test('a lost link says which side and when it is tried again; a detached command goes on', async ({
  page,
}) => {
  const running: readonly RecordBody[] = [
    opsConnected,
    sent('backup', 'ops', 1, { mode: 'detached', job: 'hp-1' }),
    {
      type: 'net.lost',
      d: { target: 'ops', why: 'no answer for 45 s', side: 'network' },
    } as unknown as RecordBody,
  ];
  const host = await playHost(page, runHash, answers(running, [link('lost', { retryInMs: 30_000 })]));
  await expect(page.getByText('Link lost; the command goes on on the host.')).toBeVisible();
  await expect(page.getByText(/Tries again in \d+ s; no command is sent again/).first()).toBeVisible();
  await expect(page.getByText(/connection lost · again in \d+ s/)).toBeVisible();
  // Nothing comes, so nothing is recorded.
  await expect(page.getByText('● rec')).toHaveCount(0);
  await inspect(page, 'detached-lost');
  await page.keyboard.press('Alt+R');
  await expect
    .poll(() => host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg)
    .toEqual({ runId, intent: { kind: 'connect', target: 'ops' } });
});

test('an unknown detached command is taken up again; a gap of the computer is told', async ({ page }) => {
  const unknown: readonly RecordBody[] = [
    opsConnected,
    sent('backup', 'ops', 1, { mode: 'detached', job: 'hp-1' }),
    { type: 'run.recovered', d: { boot: 'b' } } as unknown as RecordBody,
    settled('backup', 1, 'unknown', 'recovered', 'the app went away'),
    { type: 'desk.gap', d: { ms: 720_000 } } as unknown as RecordBody,
    connected('ops', 'deploy@ops.example.com:22', { shell: 'sh', uncarried: true, legacy: 'old appliance' }),
    {
      type: 'shell.observed',
      d: { target: 'ops', recording: 'r', fromByte: 0, exit: 3, depth: 1 },
    } as unknown as RecordBody,
  ];
  const host = await playHost(page, runHash, answers(unknown, [link('connected', { rttMs: 3 })]));
  await expect(page.getByText('The computer was not running for 12 min.')).toBeVisible();
  await expect(page.getByText('observed exit 3', { exact: false })).toBeVisible();
  await expect(page.getByText('● rec')).toBeVisible();
  await inspect(page, 'detached-unknown');
  await page.keyboard.press('Alt+Enter');
  await expect
    .poll(() => host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg)
    .toEqual({ runId, intent: { kind: 'attach', step: 'backup' } });
  await page.keyboard.press('Alt+T');
  await expect
    .poll(() => host.asked.filter((each) => each.method === 'run.intent').at(-1)?.arg)
    .toEqual({ runId, intent: { kind: 'track-shell', target: 'ops' } });
  await page.keyboard.press('Alt+K');
  await expect(page.getByRole('dialog', { name: 'Connection of ops' })).toBeVisible();
  await inspect(page, 'connection');
});

test('a file: what is asked for, and what came of it', async ({ page }) => {
  const groupDone = [...backupDone, ...halfway(100, 0, 0), settled('patch', 100, 'passed', 'targets')];
  await playHost(page, runHash, answers(groupDone, [link('connected')]));
  await expect(page.getByText('A file is fetched from the host into the evidence')).toBeVisible();
  await inspect(page, 'transfer-waits');
  const next = await page.context().newPage();
  const moved = [
    ...groupDone,
    sent('fetch', 'ops', 1),
    {
      type: 'file.transfer',
      d: {
        step: 'fetch',
        attempt: 1,
        target: 'ops',
        direction: 'fetch',
        path: '/var/log/change.log',
        file: { file: 'files/change.log', bytes: 4321, sha256: sha },
        hostSha256: 'cd'.repeat(32),
      },
    } as unknown as RecordBody,
    ...ended('fetch', 1, 1, 900),
    settled('fetch', 1, 'failed', 'checks', 'arrived whole: it did not'),
  ];
  await playHost(next, runHash, answers(moved, [link('connected')]));
  await expect(next.getByText('✗ another digest:')).toBeVisible();
  await inspect(next, 'transfer-failed');
});

test('the start form takes aliases, many hosts and shows the way', async ({ page }) => {
  const host = await playHost(page, '#/start/patch-web-tier', answers());
  await expect(page.getByRole('heading', { name: 'Start a run' })).toBeAttached();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Operations host' }), 'ops-alias');
  await expect(page.getByText('bastion.example.com')).toBeVisible();
  await expect(page.getByText('~/.ssh/config:12')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'More about Operations host' }));
  await page.keyboard.press('Enter');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Pinned fingerprints' }), 'SHA256:nope');
  await expect(page.getByText('Write at most eight fingerprints')).toBeVisible();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Pinned fingerprints' }), fingerprint);
  const paste = page.getByRole('textbox', { name: 'Paste many' });
  await tabTo(page, paste);
  await page.keyboard.insertText(
    'web-a deploy@10.0.4.1\nweb-b deploy@10.0.4.2:2222\n10.0.4.3 # third\nbad line here x',
  );
  await expect(page.getByText('Cannot be read, or named twice: line 4.')).toBeVisible();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('web-a deploy@10.0.4.1\nweb-b deploy@10.0.4.2:2222\n10.0.4.3 # third');
  await tabTo(page, page.getByRole('button', { name: 'Add 3 hosts' }));
  await page.keyboard.press('Space');
  await expect(page.getByText('3 hosts')).toBeVisible();
  await fillByKeys(page, page.getByRole('textbox', { name: 'Change ticket' }), 'CHG-1');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Reason for the change' }), 'Update');
  await expect(page.getByText('The plan is complete.', { exact: false })).toBeVisible();
  const asked = host.asked.filter((each) => each.method === 'start.check').at(-1)?.arg;
  expect(asked).toMatchObject({
    groups: { web: ['web-a', 'web-b', 'h-10-0-4-3'] },
    targets: {
      ops: { kind: 'ssh', host: 'ops-alias', user: 'deploy', port: 22, pins: [fingerprint] },
      desk: { kind: 'local' },
      'web-b': { kind: 'ssh', host: '10.0.4.2', user: 'deploy', port: 2222 },
      'h-10-0-4-3': { kind: 'ssh', host: '10.0.4.3', user: 'deploy', port: 22 },
    },
  });
  await inspect(page, 'start-group', 'whole');
  await fillByKeys(page, page.getByRole('textbox', { name: 'Operations host' }), 'refused-host');
  await expect(page.getByText('The built-in client cannot sign in with a certificate.')).toBeVisible();
  await inspect(page, 'start-refused');
});

test('settings say what each client can do; the document says how steps run', async ({ page }) => {
  await playHost(page, '#/settings', answers());
  await expect(page.getByRole('table', { name: 'Keys in the agent' })).toBeVisible();
  await inspect(page, 'settings-ssh', 'whole');
  await page.keyboard.press('Alt+2');
  await expect(page.getByText('group of hosts')).toBeVisible();
  await expect(page.getByText('shell on this computer')).toBeVisible();
  await inspect(page, 'document', 'whole');
});
