/** The rules of packages that need no host: versions, names, what becomes different, what has to go in. */
import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { type Here, packageChanges } from '../../../../electron/domain/package/changes.ts';
import { gather } from '../../../../electron/domain/package/gather.ts';
import { headText, parseHead, type PackageHeadFile } from '../../../../electron/domain/package/head.ts';
import { contentKinds, contentOf, contentPath } from '../../../../electron/domain/package/names.ts';
import { compareVersions } from '../../../../electron/domain/package/version.ts';
import { linkMemo } from '../../../../electron/domain/runbook/link/memo.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import { runbookText } from '../../../fixtures/runs/desk.ts';

describe('versions', () => {
  const order = [
    '0.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0',
    '1.2',
    '1.10.0',
    '2',
  ];
  it('come in the order of semver.org', () => {
    for (const [a, older] of order.entries())
      for (const [b, newer] of order.entries())
        expect(Math.sign(compareVersions(older, newer)), `${older} ${newer}`).toBe(Math.sign(a - b));
  });

  it('are the same with zeros left out, and whatever build they are', () => {
    expect(compareVersions('1', '1.0.0')).toBe(0);
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
  });

  test('no version is older than itself, and never both of two', () => {
    const version = fc.stringMatching(/^\d{1,3}(\.\d{1,3}){0,2}(-[0-9a-z.]{1,8})?$/);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(compareVersions(a, a)).toBe(0);
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      }),
    );
  });
});

describe('names', () => {
  it('go to their places and come back', () => {
    for (const kind of contentKinds)
      expect(contentOf(contentPath(kind, 'some-id'))).toEqual({ kind, id: 'some-id' });
  });

  it.each([
    'runbooks/../a.runbook.yaml',
    'a.runbook.yaml',
    'runbooks/a.yaml',
    'runbooks/sub/a.runbook.yaml',
    'runbooks/.runbook.yaml',
    'overlays/con.overlay.yaml',
    'run.sh',
    '',
  ])('that have no business in a package: %s', (path) => {
    expect(contentOf(path)).toBeNull();
  });
});

describe('package.json', () => {
  const head = {
    format: 1,
    kind: 'runbook-package',
    name: 'site',
    version: '1.0.0',
    title: 'Ours',
    created: '2026-11-22T01:02:03.000Z',
  } as PackageHeadFile;

  it('is read as it was written, and in no other form', () => {
    const text = headText(head);
    expect(parseHead(text)).toEqual({ ok: true, value: head });
    for (const other of [
      text.trimEnd(),
      text.replace('{', '{ '),
      text.replace('1.0.0', 'one'),
      `${text}\n`,
      '{}\n',
    ])
      expect(parseHead(other).ok).toBe(false);
  });
});

describe('what becomes different', () => {
  const here: readonly Here[] = [
    { kind: 'runbook', id: 'a', sha256: '1', version: '1.1', file: '/data/a', front: false },
    { kind: 'runbook', id: 'b', sha256: '2', version: '1.0', file: '/own/b', front: true },
    { kind: 'overlay', id: 'a', sha256: '3', file: '/own/a', front: true },
  ];

  it('is said file by file: new, other, gone, older, not used', () => {
    const brings = [
      { kind: 'runbook', id: 'a', sha256: '9', version: '1.0' },
      { kind: 'runbook', id: 'b', sha256: '8', version: '2.0' },
      { kind: 'runbook', id: 'c', sha256: '7', version: '1.0' },
      { kind: 'overlay', id: 'a', sha256: '3' },
    ] as const;
    const gone = { kind: 'reference', id: 'r', sha256: '5' } as const;
    expect(packageChanges(brings, here, [...brings, gone])).toEqual([
      { kind: 'runbook', id: 'a', change: 'changed', downgrade: true, from: '1.1', to: '1.0' },
      {
        kind: 'runbook',
        id: 'b',
        change: 'changed',
        downgrade: false,
        from: '1.0',
        to: '2.0',
        hiddenBy: '/own/b',
      },
      { kind: 'runbook', id: 'c', change: 'added', downgrade: false, to: '1.0' },
      { kind: 'overlay', id: 'a', change: 'same', downgrade: false },
      { kind: 'reference', id: 'r', change: 'removed', downgrade: false },
    ]);
  });
});

describe('what has to go in', () => {
  const step = (id: string, more = '') =>
    `      - { id: ${id}, run: echo ${id}, risk: read, expect: { exit: 0 }${more} }`;
  const books: Readonly<Record<string, string>> = {
    top: runbookText(
      'top',
      `${step('a', ', rollback: undo')}\n      - { id: b, call: { runbook: part } }`,
      'rollback: back',
    ),
    part: runbookText('part', `${step('c')}\n      - { id: d, call: { runbook: leaf } }`),
    leaf: runbookText('leaf', step('e')),
    back: runbookText('back', step('f')),
    undo: runbookText('undo', step('g')),
    other: runbookText('other', step('h')),
    bad: runbookText('bad', '      - { id: a, call: { runbook: nowhere } }'),
  };
  const from = {
    runbooks: new Map(
      Object.entries(books).map(([id, text]) => [
        id,
        { file: `${id}.runbook.yaml`, text, sha256: sha256(text) },
      ]),
    ),
    pages: [],
    overlays: [],
    memo: linkMemo(),
  };

  it('is what is called, at any depth, and what it is rolled back with', () => {
    const found = gather(from, ['top'], { overlays: false });
    expect(found.ok && found.value.runbooks).toEqual(['back', 'leaf', 'part', 'top', 'undo']);
  });

  it('cannot be told of a runbook that is not there, or calls one that is not there', () => {
    expect(gather(from, ['none'], { overlays: false })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
    expect(gather(from, ['bad'], { overlays: false })).toMatchObject({
      ok: false,
      error: { code: 'invalid-runbook' },
    });
  });
});
