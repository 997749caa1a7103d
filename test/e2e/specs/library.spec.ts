/** The library: finding a runbook, what it does at a glance, documents, reference, other versions, and paper. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../../electron/contract/result.ts';
import type { ReferencePage } from '../../../electron/contract/reference.ts';
import type { LibraryEntry, RunSummary } from '../../../electron/contract/views.ts';
import { expect, test } from '../fixtures/cockpit.ts';
import { bundleAnswers, playedBundle } from '../fixtures/playedBundle.ts';
import { playHost, type Played } from '../fixtures/playedHost.ts';
import { kindsRunbook } from '../fixtures/playedKinds.ts';
import { answers, sha } from '../fixtures/playedWorld.ts';
import { choose } from '../pages/desk.ts';
import { inspect, picture } from '../pages/inspect.ts';
import { chooseFile, tabTo } from '../pages/keyboard.ts';

const document = `# Restart the gateway

Who reads this restarts it. <img src="https://evil.example/x.png" onerror="alert(1)">

## Steps

1. Restart it and look:

\`\`\`sh
sudo systemctl restart gateway || true
curl -k https://gateway.example.com/health
\`\`\`

<script>document.title = 'owned'</script>
`;

test('the shipped library is searched, read, held against a file, and printed, by keys', async ({
  cockpit,
}) => {
  const { page, home, complaints } = cockpit;
  await choose(page);
  await expect(page.getByRole('region', { name: 'At a glance' })).toContainText('No return after');
  await expect(page.getByRole('region', { name: 'At a glance' })).toContainText(
    'No successful run on this desk',
  );

  // Held against another file of it: the line that somebody changed, and nothing else.
  const shipped = await readFile('runbooks/mazevault-upgrade-kubernetes.runbook.yaml', 'utf8');
  const other = join(home, 'older.runbook.yaml');
  await writeFile(other, shipped.replace(/^title: .*$/m, 'title: Another title'));
  await page.keyboard.press('Alt+M');
  await expect(page.getByText('This runbook was not run on this desk yet.')).toBeVisible();
  await chooseFile(page, other);
  await expect(page.getByText('1 line added, 1 line removed since')).toBeVisible();
  await expect(page.locator('.diff__line--left')).toHaveText(/Another title/);
  await expect(page.locator('.diff__line--right')).toHaveText(/Upgrade MazeVault on Kubernetes/);
  await inspect(page, 'versions');
  await page.keyboard.press('Alt+Home');

  // On paper: a circle for each step, a code of the digest, A4.
  await page.keyboard.press('Alt+A');
  const paper = page.getByRole('region', { name: 'Paper version' });
  await expect(paper.getByRole('img', { name: 'QR code of the digest' })).toBeVisible();
  await picture(page, 'paper-light', 'light');
  const rows = await paper.locator('.paper__steps tbody tr').count();
  expect(rows).toBeGreaterThan(10);
  await expect(paper.locator('.paper__steps tbody .mark')).toHaveCount(rows);
  await inspect(page, 'paper');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Print…' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => {
    window.print = () => {
      window.document.documentElement.dataset['printed'] = 'yes';
    };
  });
  await page.keyboard.press('Alt+Enter');
  await expect(page.locator('html')).toHaveAttribute('data-printed', 'yes');
  await page.keyboard.press('Alt+Home');

  // A ceremony: whatever kind of step has a product command that nobody has given says so on paper too.
  const ceremony = await readFile('runbooks/mazevault-master-key-rotation.runbook.yaml', 'utf8');
  await choose(page, 'Rotate the master key of MazeVault');
  await expect(page.getByRole('region', { name: 'At a glance' })).toContainText(
    'going back is planned for 15 min',
  );
  await page.keyboard.press('Alt+A');
  await expect(paper.getByText('Product command, not given yet')).toHaveCount(
    ceremony.match(/ vendor-confirm:/g)?.length ?? 0,
  );
  await page.keyboard.press('Alt+Home');

  expect(complaints).toEqual([]);
});

test('a document opens to be read, and the reference is searched', async ({ cockpit }) => {
  const { page, home, complaints } = cockpit;
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('region', { name: 'Library' })).toBeVisible();
  // A document opens to be read: what could act in it does not, and it cannot be started.
  const file = join(home, 'Restart.md');
  await writeFile(file, document);
  await chooseFile(page, file);
  await expect(page.getByText('Nothing in it was mended, and nothing of it can be run.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start…' })).toHaveCount(0);
  await expect(page.getByText('curl -k', { exact: false }).first()).toBeVisible();
  await expect(page.locator('.reader img, .reader script')).toHaveCount(0);
  // Commands in the words of a rule are seen as commands.
  await expect(page.locator('.finding__hint code').first()).toBeVisible();
  await expect(page.locator('.finding__hint').filter({ hasText: '`' })).toHaveCount(0);
  await inspect(page, 'document');

  // What the documents say of a job, with the path that a runbook takes it by.
  await page.keyboard.press('Alt+8');
  await page.keyboard.press('Control+F');
  await page.keyboard.type('heartbeat');
  await expect(page.getByText(/^mazevault-jobs\.[a-z-]*heartbeat[a-z-]*\./).first()).toBeVisible();
  // Two jobs of one name are told apart.
  await expect(page.locator('.list__row').filter({ hasText: /^Heartbeat/ })).toHaveText([
    /Agent Jobs$/,
    /Gateway Jobs$/,
  ]);
  await inspect(page, 'reference');
  expect(complaints).toEqual([]);
});

const entry: LibraryEntry = {
  runbook: kindsRunbook,
  sha256: sha,
  file: 'every-kind.runbook.yaml',
  diagnostics: [],
  rehearsal: false,
  vendorOpen: ['pause' as LibraryEntry['vendorOpen'][number]],
  sources: [
    { kind: 'called', id: 'mazevault-post-upgrade-verification', version: '1.0.0', sha256: sha },
    { kind: 'overlay', id: 'prague-1', version: '3', sha256: sha },
  ],
  overlay: [{ site: 'prague-1', what: 'parameter', name: 'version', was: '', is: '1.0.17' }],
};
const schedule = {
  ...{
    id: 'schedule',
    title: 'Schedule',
    service: 'Web',
    summary: 'How often.',
    document: 'doc',
    headings: [],
  },
  entries: [
    {
      ...{ id: 'upgrade', title: 'Upgrade', runbooks: [kindsRunbook.id], lines: { from: 1, to: 2 } },
      values: [{ name: 'frequency', kind: 'duration', ms: 7 * 86_400_000, source: '7d' }],
    },
  ],
} as unknown as ReferencePage;
const past = (runId: string, startedAt: string, endedAt: string): RunSummary =>
  ({
    ...{ runId, runbook: kindsRunbook.id, title: kindsRunbook.title, version: '0.9.0', rehearsal: false },
    ...{
      startedAt,
      endedAt,
      status: 'ended',
      result: 'success',
      operator: 'Alice Meyer',
      stepsDone: 12,
      steps: 12,
    },
  }) as unknown as RunSummary;

function libraryAnswers(): Played {
  const bundle = playedBundle('old');
  const text = 'runbook: 1\ntitle: Every kind of step\nversion: 1.0.0\n';
  const older = { path: 'plan/runbook.yaml', bytes: text.length, sha256: sha };
  const files = new Map([['plan/runbook.yaml', new TextEncoder().encode(text.replace('1.0.0', '0.9.0'))]]);
  return {
    ...answers(),
    ...bundleAnswers([], { files, view: { ...bundle.view, files: [older] } }),
    'library.list': () =>
      ok({
        broken: [],
        runbooks: [
          {
            ...{ id: kindsRunbook.id, title: kindsRunbook.title, version: '1.0.0', kind: 'upgrade' },
            ...{ service: 'Web', summary: 'Shows every kind.', steps: 12, holds: 1, plannedMs: 3_600_000 },
            ...{ highestRisk: 'disruptive', pointOfNoReturn: false, vendorOpen: 1 },
          },
          {
            ...{ id: 'look-around' as typeof kindsRunbook.id, title: 'Look around', version: '1.0.0' },
            ...{
              kind: 'verification',
              service: 'Naksha',
              summary: 'Reads.',
              steps: 3,
              holds: 0,
              plannedMs: 60_000,
            },
            ...{ highestRisk: 'read', pointOfNoReturn: false, vendorOpen: 0 },
          },
        ],
      }),
    'library.get': () => ok(entry),
    'library.lint': () =>
      ok([
        {
          ...{ severity: 'error', rule: 'shell.pipe-to-shell', message: 'What is downloaded is run unseen.' },
          ...{
            file: 'every-kind.runbook.yaml',
            line: 40,
            column: 9,
            hint: 'Download, compare the digest, then run.',
          },
        },
      ]),
    'library.health': () => ok([{ id: 'look-around' as typeof kindsRunbook.id, errors: 0, warnings: 1 }]),
    'library.reference': () => ok([schedule]),
    'library.text': () => ok({ file: entry.file, version: '1.0.0', written: text, text, sha256: sha }),
    'run.list': () =>
      ok([
        past('20261101T020000Z-aaaaaa', '2026-11-01T02:00:00.000Z', '2026-11-01T02:42:00.000Z'),
        past('20261005T020000Z-bbbbbb', '2026-10-05T02:00:00.000Z', '2026-10-05T03:10:00.000Z'),
      ]),
  };
}

test('a runbook says at a glance what it does, what is due and what keeps it from running', async ({
  page,
}, info) => {
  info.skip(info.project.name === 'electron', 'The played host is a web page');
  const host = await playHost(page, `#/library/${kindsRunbook.id}`, libraryAnswers());
  const glance = page.getByRole('region', { name: 'At a glance' });
  await expect(glance).toContainText('Operations host');
  await expect(glance).toContainText('took 42 min in the middle of 2 runs here (42 min to 1 h 10 min)');
  await expect(glance).toContainText('21 days ago');
  await expect(glance).toContainText('due, every 7 days: Upgrade');
  await expect(glance).toContainText('Post-upgrade verification v1.0.0, 2 steps');
  await expect(glance).toContainText('1 product command that nobody at this site has given.');
  await expect(glance).toContainText('Default of version (prague-1)');
  await expect(page.getByText('Download, compare the digest, then run.')).toBeVisible();
  await expect(
    page.getByText('Its errors keep it from production; a rehearsal can be started.'),
  ).toBeVisible();
  await inspect(page, 'library-glance', 'whole');

  await page.getByRole('button', { name: 'Narrow the list' }).click();
  await page.getByRole('checkbox', { name: 'not runnable yet' }).press('Space');
  const rows = page.locator('.list__row');
  await expect(rows).toHaveText([/Every kind of step.*△ 1 product command not given yet/]);
  await page.getByRole('checkbox', { name: 'not runnable yet' }).press('Space');
  await page.getByRole('button', { name: /Risk up to/ }).click();
  await page.getByRole('option', { name: 'reads only' }).click();
  await expect(rows).toHaveText([/Look around/]);
  await inspect(page, 'library-filters');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(2);

  await page.evaluate((to) => {
    location.hash = to;
  }, `#/library/${kindsRunbook.id}/versions`);
  const ran = page.getByRole('button', { name: /Sun 2026-11-01 02:00:00 UTC/ });
  await tabTo(page, ran);
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 line added, 1 line removed since')).toBeVisible();
  expect(host.asked.some(({ method }) => method === 'bundle.close')).toBe(true);
});
