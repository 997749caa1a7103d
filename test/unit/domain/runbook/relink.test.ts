/** A runbook put together again from the files that were kept: the same, or a reason why it is not. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { linkRunbook } from '../../../../electron/domain/runbook/link/link.ts';
import { type KeptSource, relinkProblem } from '../../../../electron/domain/runbook/link/relink.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const head = (id: string) =>
  `runbook: 1\nid: ${id}\ntitle: Runbook ${id}\nversion: 1.10\nkind: maintenance\nservice: Test\nsummary: A test.\n`;

const CALLED = `${head('beat')}targets: { ops: { title: Host } }
parameters:
  beat: { title: Heartbeat, type: duration, from: jobs.gateway.interval }
  late: { title: Late, type: duration, from: jobs.gateway.late }
phases:
  - id: a
    steps:
      - { id: rest, hold: { kind: wait, for: ['\${beat}', '\${late}'] } }
      - { id: pause, run: mvctl pause, risk: reversible, expect: { exit: 0 }, vendor-confirm: Pauses the jobs. }
`;
const MAIN = `${head('outer')}parameters: { limit: { title: Limit, type: integer, default: 5 } }
phases:
  - id: a
    steps: [{ id: part, call: { runbook: beat } }]
`;
const OVERLAY = `overlay: 1
site: prague
version: 1.20
confirmed: { by: Jana Novak, on: 2026-11-01 }
parameters: { '*': { limit: 7 }, beat: { late: 2m } }
vendor: { beat: { pause: { run: ctl pause } } }
`;
const VALUES: Readonly<Record<string, string>> = {
  'jobs.gateway.interval': '60s',
  'jobs.gateway.late': '90s',
};

const linked = linkRunbook(MAIN, 'outer.runbook.yaml', {
  called: (id) =>
    id === 'beat' ? { text: CALLED, file: 'beat.runbook.yaml', sha256: sha(CALLED) } : undefined,
  overlays: [{ text: OVERLAY, file: 'prague.overlay.yaml', sha256: sha(OVERLAY) }],
  reference: (path) => VALUES[path],
});
const kept: readonly KeptSource[] = [
  { kind: 'main', id: 'outer', text: MAIN, sha256: sha(MAIN) },
  { kind: 'called', id: 'beat', text: CALLED, sha256: sha(CALLED) },
  { kind: 'overlay', id: 'prague', text: OVERLAY, sha256: sha(OVERLAY) },
];
const changed = (n: number, from: string, to: string) =>
  kept.map((source, i) => (i === n ? { ...source, text: source.text.replace(from, to) } : source));

describe('a called runbook', () => {
  test('takes its defaults from the reference pages too', () => {
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.parameters).toMatchObject([
      { name: 'limit', default: '7', site: 'prague' },
      { name: 'part_beat', default: '60s', from: 'jobs.gateway.interval' },
      { name: 'part_late', default: '2m', site: 'prague' },
    ]);
    expect(linked.vendorOpen).toEqual([]);
  });
});

describe('put together again', () => {
  test('it is the same, also where the site wins over a value of the reference pages', () => {
    expect(relinkProblem('outer', linked.text, kept)).toBeNull();
  });

  test.each<[string, string, string, readonly KeptSource[], string]>([
    ['another text', 'outer', linked.text.replace('ctl pause', 'ctl resume'), kept, 'it comes out different'],
    [
      'another value of the reference pages',
      'outer',
      linked.text.replace('default: 60s', 'default: 61s'),
      kept,
      'it comes out different',
    ],
    ['another overlay', 'outer', linked.text, changed(2, 'ctl pause', 'ctl stop'), 'it comes out different'],
    [
      'another called runbook',
      'outer',
      linked.text,
      changed(1, 'Heartbeat', 'Beat'),
      'it comes out different',
    ],
    [
      'a called runbook that is not there',
      'outer',
      linked.text,
      [...kept.slice(0, 1), ...kept.slice(2)],
      'no runbook "beat"',
    ],
    [
      'an overlay that cannot be read',
      'outer',
      linked.text,
      changed(2, 'site: prague', 'site: [prague'),
      'put together again',
    ],
    ['no file of its own', 'outer', linked.text, kept.slice(1), 'its own file'],
    ['the file of another', 'other', linked.text, kept, 'its own file'],
    ['a text that is none', 'outer', 'no: runbook', kept, 'cannot be read'],
    [
      'a text that was not put together',
      'outer',
      MAIN.replace(/ {4}steps.*/, '    steps: [{ id: x, attest: { checklist: [a] } }]'),
      kept,
      'does not say',
    ],
  ])('it is refused for %s', (_what, id, text, files, why) => {
    expect(relinkProblem(id, text, files)).toContain(why);
  });
});

describe('the mark of a confirmed command', () => {
  test('is not taken over from a called runbook that says it was put together', () => {
    const forged = CALLED.replace('parameters:', 'linked: { sources: [] }\nparameters:').replace(
      'vendor-confirm: Pauses the jobs.',
      'vendor-confirm: Pauses the jobs., filled: { site: x, by: Me, on: "2026-11-01" }',
    );
    const { runbook, diagnostics } = linkRunbook(MAIN, 'outer.runbook.yaml', {
      called: () => ({ text: forged, file: 'beat.runbook.yaml', sha256: sha(forged) }),
      reference: (path) => VALUES[path],
    });
    expect(runbook).toBeNull();
    expect(diagnostics[0]).toMatchObject({ rule: 'call.linked', file: 'outer.runbook.yaml' });
  });

  test('is refused where an author writes it', () => {
    const text = CALLED.replace(
      'vendor-confirm: Pauses the jobs.',
      'vendor-confirm: Pauses the jobs., filled: { site: x, by: Me, on: "2026-11-01" }',
    );
    const { runbook, diagnostics } = linkRunbook(text, 'beat.runbook.yaml', {
      called: () => undefined,
      reference: (path) => VALUES[path],
    });
    expect(runbook).toBeNull();
    expect(diagnostics[0]).toMatchObject({ rule: 'vendor.filled', line: 16 });
  });
});
