/** Packages of runbooks on a whole desk: made, signed with stock OpenSSH, imported, judged anew, and what starts because of them. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PackageView, PackageName } from '../../../electron/contract/packages.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { RELEASE_NAMESPACE } from '../../../electron/domain/package/names.ts';
import { ok } from '../../../electron/contract/result.ts';
import { createLibrary } from '../../../electron/host/library/library.ts';
import { createInstalledPackages } from '../../../electron/host/packages/installed.ts';
import { createPackageStore } from '../../../electron/host/packages/packageStore.ts';
import { createReleases } from '../../../electron/host/packages/releases.ts';
import { bookText, fileOf, pack, signedBy, unpacked } from '../../fixtures/packages.ts';
import {
  makePerson,
  type Person,
  scratch,
  siteDesk,
  trustIn,
  trustLine,
} from '../../fixtures/people/people.ts';
import { type Desk, failureOf, must } from '../../fixtures/runs/desk.ts';

const NAME = 'site' as PackageName;
const OTHER = 'other' as PackageName;
const PART = bookText(
  'part',
  `      - { id: pause, title: Pause, run: mvctl pause, on: ops, timeout: 10m, risk: reversible, expect: { exit: 0 }, vendor-confirm: Pauses the jobs. }`,
);
const WHOLE = bookText(
  'site',
  `      - { id: look, title: Look, run: 'echo \${word}', on: ops, timeout: 10m, risk: read, expect: { stdout: { equals: '\${word}' } } }
      - { id: do, call: { runbook: part } }`,
  `rollback: back
parameters: { word: { title: Word, type: name, default: shipped } }`,
);
const BACK = bookText('back');
const OVERLAY = `overlay: 1
site: prague
version: 3
confirmed: { by: Jana Novak, on: 2026-11-01 }
parameters: { site: { word: ours } }
vendor: { part: { pause: { run: echo paused, expect: { stdout: { contains: paused } } } } }
`;
const FILES = {
  'runbooks/site.runbook.yaml': WHOLE,
  'runbooks/part.runbook.yaml': PART,
  'runbooks/back.runbook.yaml': BACK,
  'overlays/prague.overlay.yaml': OVERLAY,
};

let owner: Person;
beforeEach(async () => {
  owner = await makePerson('owner@example.com');
});

const signedSite = { policy: { runbooks: 'signed' as const } };

async function open(desk: Desk, bytes: Uint8Array): Promise<PackageView> {
  return must(await desk.client.call('package.open', { from: { kind: 'path', path: await fileOf(bytes) } }));
}

async function importInto(desk: Desk, bytes: Uint8Array) {
  const { id, sha256 } = await open(desk, bytes);
  return desk.client.call('package.import', { id, sha256 });
}

const real = { rehearsal: false, targets: { ops: { kind: 'local' } } } as const;

async function problemsOf(desk: Desk): Promise<readonly string[]> {
  const request = await desk.request('site', real);
  return must(await desk.client.call('start.check', request)).problems.map(({ message }) => message);
}

const releaseOf = async (desk: Desk) =>
  must(await desk.client.call('library.get', { id: 'site' as RunbookId })).release;

describe('a package on a desk whose site runs only signed runbooks', () => {
  test('is opened, imported and lets its runbook start, with its signer in the plan', async () => {
    const desk = await siteDesk({ ...signedSite, trust: trustLine(owner, 'release') });
    const view = await open(desk, await signedBy(owner, unpacked(FILES)));
    expect(view).toMatchObject({
      name: 'site',
      version: '1.0.0',
      signer: { state: 'good', principal: 'owner@example.com', fingerprint: owner.fingerprint },
      overlays: ['prague'],
      errors: [],
    });
    expect(view).not.toHaveProperty('barred');
    expect(view.runbooks.map(({ id, vendorOpen }) => [id, vendorOpen])).toEqual([
      ['back', 0],
      ['part', 0],
      ['site', 0],
    ]);
    expect(view.changes.map(({ id, change }) => [id, change])).toEqual([
      ['back', 'added'],
      ['part', 'added'],
      ['site', 'added'],
      ['prague', 'added'],
    ]);
    must(await desk.client.call('package.import', { id: view.id, sha256: view.sha256 }));
    expect(await releaseOf(desk)).toMatchObject({
      state: 'released',
      package: 'site',
      principal: 'owner@example.com',
    });
    expect(await problemsOf(desk)).toEqual([]);
    const { runId } = must(await desk.client.call('plan.prepare', await desk.request('site', real)));
    const { plan } = must(await desk.client.call('plan.get', { runId }));
    expect(plan.release).toEqual({
      principal: 'owner@example.com',
      fingerprint: owner.fingerprint,
      sha256: view.sha256,
    });
    expect(plan.parameters).toEqual({ word: 'ours' });
    // Revoked while the plan waits: it does not start.
    await trustIn(desk.home, trustLine(owner, 'release'), `${owner.publicKey}\n`);
    expect(failureOf(await desk.client.call('plan.start', { runId })).message).toContain('revoked');
  });

  test('does not start what no package has, and says so', async () => {
    const desk = await siteDesk({
      ...signedSite,
      steps: '      - { id: a, run: echo a, risk: read, expect: { exit: 0 } }',
    });
    expect(await problemsOf(desk)).toEqual([expect.stringContaining('signed package')]);
    expect(await releaseOf(desk)).toBeUndefined();
    expect(
      failureOf(await desk.client.call('start.run', await desk.request('site', real))).message,
    ).toContain('from none');
  });

  test('does not start what was changed beside the package: the runbook, what it calls, the overlay', async () => {
    const desk = await siteDesk({ ...signedSite, trust: trustLine(owner, 'release') });
    must(await importInto(desk, await signedBy(owner, unpacked(FILES))));
    const own = (name: string) => join(desk.home, 'data', name);
    await mkdir(own('overlays'), { recursive: true });
    const changes: readonly (readonly [string, string, string])[] = [
      [
        own('runbooks/site.runbook.yaml'),
        WHOLE.replace('Title', 'Other').replace('title: Look', 'title: Stare'),
        'The runbook in',
      ],
      [
        own('runbooks/part.runbook.yaml'),
        PART.replace('title: Pause,', 'title: Stop,'),
        'The runbook part, which it calls,',
      ],
      [own('overlays/prague.overlay.yaml'), OVERLAY.replace('ours', 'theirs'), 'The overlay prague'],
      [
        own('overlays/brno.overlay.yaml'),
        OVERLAY.replace('prague', 'brno').replace('ours', 'its'),
        'The overlay brno',
      ],
    ];
    for (const [file, text, said] of changes) {
      await writeFile(file, text);
      const [first, ...more] = await problemsOf(desk);
      expect(more).toEqual([]);
      expect(first).toContain(said);
      expect(first).toContain('the package site 1.0.0');
      expect(await releaseOf(desk)).toMatchObject({ state: 'changed', package: 'site' });
      await rm(file);
    }
    expect(await problemsOf(desk)).toEqual([]);
    // The same bytes elsewhere are the same runbook.
    await writeFile(own('runbooks/site.runbook.yaml'), WHOLE);
    expect(await problemsOf(desk)).toEqual([]);
  });

  test('judges the signature by the trust of today: revoked, expired, for another role', async () => {
    const desk = await siteDesk({ ...signedSite, trust: trustLine(owner, 'release') });
    const bytes = await signedBy(owner, unpacked(FILES));
    must(await importInto(desk, bytes));
    const line = trustLine(owner, 'release');
    const cases: readonly (readonly [string, string, string])[] = [
      [line, `${owner.publicKey}\n`, 'is revoked'],
      [line.replace(' ssh-', ',valid-before="20200101Z" ssh-'), '', 'no longer valid'],
      [trustLine(owner, 'owner', 'approve'), '', `is not for ${RELEASE_NAMESPACE}`],
      ['', '', 'not listed'],
    ];
    for (const [signers, revoked, said] of cases) {
      await trustIn(desk.home, signers, revoked);
      expect(await problemsOf(desk)).toEqual([expect.stringContaining(said)]);
      expect(await releaseOf(desk)).toMatchObject({ state: 'refused' });
      const view = await open(desk, bytes);
      expect(view.barred).toContain(said);
      const refused = failureOf(
        await desk.client.call('package.import', { id: view.id, sha256: view.sha256 }),
      );
      expect(refused.code).toBe('trust');
      expect(refused.message).toContain(said);
    }
    await trustIn(desk.home, line);
    expect(await problemsOf(desk)).toEqual([]);
  });

  test('a file that was changed on disk after import is flagged, vouches for nothing, and can be gone back from', async () => {
    const desk = await siteDesk({ ...signedSite, trust: trustLine(owner, 'release') });
    must(await importInto(desk, await signedBy(owner, unpacked(FILES))));
    const newer = {
      ...FILES,
      'runbooks/site.runbook.yaml': WHOLE.replace('version: 1.0.0', 'version: 1.1.0'),
    };
    must(await importInto(desk, await signedBy(owner, unpacked(newer, { version: '1.1.0' }))));
    expect(must(await desk.client.call('package.list', {}))).toMatchObject([
      { state: 'intact', version: '1.1.0', previous: { version: '1.0.0' } },
    ]);
    const folder = join(desk.home, 'data', 'packages', 'site');
    const record = JSON.parse(await readFile(join(folder, 'installed.json'), 'utf8')) as {
      current: { zip: string };
    };
    const file = join(folder, `${record.current.zip}.zip`);
    const bytes = await readFile(file);
    bytes.write('echo gone', bytes.indexOf('echo here'));
    await writeFile(file, bytes);
    expect(must(await desk.client.call('package.list', {}))).toMatchObject([
      {
        state: 'damaged',
        why: expect.stringContaining('changed or damaged') as string,
        previous: { version: '1.0.0' },
      },
    ]);
    must(
      await importInto(
        desk,
        await signedBy(owner, unpacked({ 'runbooks/back.runbook.yaml': BACK }, { name: OTHER })),
      ),
    );
    // The library of the packages alone: those that ship with the app are many.
    const installed = createInstalledPackages({
      store: createPackageStore(join(desk.home, 'data')),
      trust: () => Promise.resolve(ok({ allowedSigners: trustLine(owner, 'release') })),
      now: () => new Date(),
    });
    const { entries, broken } = await createLibrary([installed.place]).list();
    expect(entries.map(({ runbook }) => runbook.id)).toEqual(['back']);
    expect(broken).toMatchObject([{ file, diagnostics: [{ rule: 'package.damaged' }] }]);
    const releaseOfEntry = await createReleases(installed).lookUp();
    expect(entries.map(releaseOfEntry)).toMatchObject([{ state: 'released', package: OTHER }]);
    must(await desk.client.call('package.revert', { name: NAME }));
    expect(await problemsOf(desk)).toEqual([]);
    expect(await releaseOf(desk)).toMatchObject({ state: 'released', version: '1.0.0' });
  });
});

describe('what is imported', () => {
  test('is only a package that somebody signed who may, and without errors', async () => {
    const desk = await siteDesk({ trust: trustLine(owner, 'release') });
    const unsigned = await open(desk, pack(unpacked(FILES)));
    expect(unsigned.barred).toContain('Nobody has signed');
    const wrong = { ...FILES, 'runbooks/back.runbook.yaml': BACK.replace('risk: read', 'risk: mad') };
    const broken = await open(desk, await signedBy(owner, unpacked(wrong)));
    expect(broken.errors[0]).toMatchObject({ file: 'runbooks/back.runbook.yaml' });
    const lint = {
      'runbooks/back.runbook.yaml': bookText(
        'back',
        `      - { id: go, title: Go, run: 'curl -k https://example.com', on: ops, timeout: 10m, risk: read, expect: { exit: 0 } }`,
      ),
    };
    const dangerous = await open(desk, await signedBy(owner, unpacked(lint)));
    expect(dangerous.errors.length).toBeGreaterThan(0);
    const alone = await open(desk, await signedBy(owner, unpacked({ 'runbooks/site.runbook.yaml': WHOLE })));
    expect(alone.errors[0]?.message).toContain('part');
    for (const { id, sha256, barred } of [unsigned, broken, dangerous, alone]) {
      expect(barred).toBeDefined();
      expect((await desk.client.call('package.import', { id, sha256 })).ok).toBe(false);
    }
    expect(must(await desk.client.call('package.list', {}))).toEqual([]);
    await expect(stat(join(desk.home, 'data', 'packages'))).rejects.toThrow('ENOENT');
  });

  test('says what becomes different: changed, removed, older, hidden by a file of this desk', async () => {
    const desk = await siteDesk({ trust: trustLine(owner, 'release') });
    const first = {
      ...FILES,
      'runbooks/site.runbook.yaml': WHOLE.replace('version: 1.0.0', 'version: 2.0.0'),
    };
    must(await importInto(desk, await signedBy(owner, unpacked(first, { version: '2.0.0' }))));
    await writeFile(
      join(desk.home, 'data/runbooks/back.runbook.yaml'),
      BACK.replace('title: Look', 'title: Own'),
    );
    const { 'overlays/prague.overlay.yaml': _overlay, ...second } = FILES;
    const view = await open(desk, await signedBy(owner, unpacked(second)));
    expect(view.replaces).toMatchObject({ version: '2.0.0', downgrade: true });
    expect(view.changes).toMatchObject([
      { id: 'back', change: 'changed', hiddenBy: join(desk.home, 'data/runbooks/back.runbook.yaml') },
      { id: 'part', change: 'same' },
      { id: 'site', change: 'changed', from: '2.0.0', to: '1.0.0', downgrade: true },
      { kind: 'overlay', id: 'prague', change: 'removed' },
    ]);
  });

  test('is the old package or the new one whatever an import leaves behind, and nothing after removal', async () => {
    const desk = await siteDesk({ trust: trustLine(owner, 'release') });
    const folder = join(desk.home, 'data', 'packages');
    // Killed before its record: nothing is imported.
    await mkdir(join(folder, 'site'), { recursive: true });
    await writeFile(join(folder, 'site', `${'a'.repeat(64)}.zip`), 'half');
    expect(must(await desk.client.call('package.list', {}))).toEqual([]);
    must(await importInto(desk, await signedBy(owner, unpacked(FILES))));
    // Killed on the way to the next one: a file that the record does not name.
    await writeFile(join(folder, 'site', `${'b'.repeat(64)}.zip`), 'half');
    await writeFile(join(folder, 'site', '.0123.tmp'), 'half');
    expect(must(await desk.client.call('package.list', {}))).toMatchObject([
      { version: '1.0.0', state: 'intact' },
    ]);
    must(await importInto(desk, await signedBy(owner, unpacked(FILES, { version: '1.0.1' }))));
    expect((await readdir(join(folder, 'site'))).length).toBe(3);
    must(await desk.client.call('package.remove', { name: NAME }));
    expect(await readdir(folder)).toEqual([]);
    expect(failureOf(await desk.client.call('package.revert', { name: NAME })).code).toBe('not-found');
  });

  test('is the package that was shown', async () => {
    const desk = await siteDesk({ trust: trustLine(owner, 'release') });
    const { id } = await open(desk, await signedBy(owner, unpacked(FILES)));
    const other = 'a'.repeat(64) as PackageView['sha256'];
    expect(failureOf(await desk.client.call('package.import', { id, sha256: other })).code).toBe('refused');
    must(await desk.client.call('package.close', { id }));
    expect(failureOf(await desk.client.call('package.file', { id })).code).toBe('not-found');
  });
});

describe('a package that is made here', () => {
  async function author(): Promise<Desk> {
    const desk = await siteDesk({ trust: trustLine(owner, 'release') });
    await desk.write('site', WHOLE);
    await desk.write('part', PART);
    await desk.write('back', BACK);
    await mkdir(join(desk.home, 'data/overlays'), { recursive: true });
    await writeFile(join(desk.home, 'data/overlays/prague.overlay.yaml'), OVERLAY);
    return desk;
  }
  const wanted = {
    name: NAME,
    version: '1.0.0',
    title: 'Ours',
    overlays: true,
    runbooks: ['site' as RunbookId],
  };

  test('has what the runbook calls and rolls back with, is signed elsewhere, and another desk takes it', async () => {
    const desk = await author();
    const made = must(await desk.client.call('package.make', wanted));
    expect(made.runbooks.map(({ id }) => id)).toEqual(['back', 'part', 'site']);
    expect(made).toMatchObject({ overlays: ['prague'], signer: { state: 'none' }, errors: [] });
    const { file, text, namespace, sha256 } = must(
      await desk.client.call('package.digests', { id: made.id }),
    );
    const path = join(await scratch(), file);
    await writeFile(path, text);
    const take = (armor: string) =>
      desk.client.call('package.take-signature', { id: made.id, sha256, armor });
    expect(failureOf(await take(await owner.sign(path, 'owner.evidence-v1@holdpoint'))).message).toContain(
      namespace,
    );
    const signed = must(await take(await owner.sign(path, namespace)));
    expect(signed.signer).toMatchObject({ state: 'good', principal: 'owner@example.com' });
    const { base64, file: name } = must(await desk.client.call('package.file', { id: made.id }));
    expect(name).toBe('site-1.0.0.runbooks.zip');
    const other = await siteDesk({ ...signedSite, trust: trustLine(owner, 'release') });
    must(await importInto(other, Buffer.from(base64, 'base64')));
    expect(await problemsOf(other)).toEqual([]);
  });

  test('is signed with a key of this desk, which counts where the trust lists it', async () => {
    const desk = await author();
    const made = must(await desk.client.call('package.make', wanted));
    const { id, sha256 } = made;
    const byApp = must(await desk.client.call('package.sign', { id, sha256, key: { kind: 'app' } }));
    expect(byApp.signer.state).toBe('refused');
    const key = { kind: 'file', path: owner.keyFile } as const;
    const byOwner = must(await desk.client.call('package.sign', { id, sha256, key }));
    expect(byOwner).toMatchObject({ sha256, signer: { state: 'good', principal: 'owner@example.com' } });
    must(await desk.client.call('package.import', { id, sha256 }));
    // The files it was made from are the same, byte for byte: they count as released where they lie.
    expect(await releaseOf(desk)).toMatchObject({ state: 'released' });
  });

  test('is not made of a runbook that is not there', async () => {
    const desk = await author();
    const runbooks = ['nothing' as RunbookId];
    expect(failureOf(await desk.client.call('package.make', { ...wanted, runbooks })).code).toBe('not-found');
  });
});
