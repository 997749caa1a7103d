/** Variants of stories that an insider with all keys tells: each is refused by the strict verifier. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../electron/domain/evidence/jcs.ts';
import { type Draft, makeBundle, type MakeOptions } from '../../fixtures/evidence/makeRun.ts';
import { smallBundle } from './small.ts';

const small = smallBundle();
let counter = 0;

describe('an insider with all keys', () => {
  const bundle = async (options: MakeOptions) => {
    counter += 1;
    const made = await makeBundle(join(small().root, `insider-${String(counter)}`), options);
    return made.bundle.verdict;
  };
  const at = (drafts: readonly Draft[], type: string, n = 0) =>
    drafts.flatMap((d, i) => (d.type === type ? [i] : []))[n] ?? -1;
  const edit =
    (type: string, change: (d: Record<string, Json>) => Json, n = 0) =>
    (drafts: readonly Draft[]) =>
      drafts.map((draft, i) =>
        i === at(drafts, type, n) ? { ...draft, d: change(draft.d as Record<string, Json>) } : draft,
      );
  const without =
    (type: string, n = 0) =>
    (drafts: readonly Draft[]) =>
      drafts.filter((_, i) => i !== at(drafts, type, n));
  const shifted = (from: number, ms: number) => (drafts: readonly Draft[]) =>
    drafts.map((d, i) => (i >= from ? { ...d, t: d.t + ms } : d));

  it.each<[string, string, MakeOptions]>([
    [
      'a failed step in a successful run',
      'run.result',
      { outcome: 'failed', story: edit('run.end', () => ({ result: 'success' })) },
    ],
    [
      'passed with a check that did not hold',
      'step.unproven',
      { story: edit('check', (d) => ({ ...d, ok: false })) },
    ],
    ['passed without a check', 'step.unproven', { story: without('check') }],
    [
      'passed although contact was lost',
      'step.unproven',
      { story: edit('step.end', (d) => ({ ...d, end: { how: 'lost', why: 'x' } })) },
    ],
    [
      'a check that contradicts the exit status',
      'step.unproven',
      { story: edit('check', (d) => ({ ...d, actual: '3' })) },
    ],
    [
      'passed by word alone',
      'step.unproven',
      { story: edit('step.result', (d) => ({ ...d, via: 'person' })) },
    ],
    ['an end without its beginning', 'step.pairing', { story: without('step.start') }],
    ['a result without an end', 'step.pairing', { story: without('step.end') }],
    [
      'attempts that do not count up',
      'step.attempt',
      { story: edit('step.start', (d) => ({ ...d, attempt: 2 })) },
    ],
    ['two beginnings of the run', 'run.boundaries', { story: (d) => [...d.slice(0, 1), ...d] }],
    [
      'a command sent twice without a decision',
      'step.sent-twice',
      {
        outcome: 'failed',
        story: (d) =>
          [
            ...d.slice(0, -1),
            ...d.slice(6, -1).map((x) => ({ ...x, d: { ...(x.d as Record<string, Json>), attempt: 2 } })),
            ...d.slice(-1),
          ].map((x, i) => ({ ...x, t: i * 1000, mono: i * 1_000_000 })),
      },
    ],
    ['a clock set back by three days', 'clock.jump', { story: shifted(5, -3 * 86_400_000) }],
    [
      'a monotonic clock that goes back',
      'clock.monotonic',
      { story: (d) => d.map((x, i) => (i === 4 ? { ...x, mono: 1 } : x)) },
    ],
    [
      'a swapped recording',
      'file.not-as-recorded',
      { files: { 'recordings/02-upgrade-ops.cast': '{"version":2,"width":80,"height":24}\n' } },
    ],
    [
      'a recording whose time goes back',
      'cast.time',
      {
        files: {
          'recordings/02-upgrade-ops.cast':
            '{"version":2,"width":80,"height":24}\n[2,"o","a"]\n[1,"o","b"]\n',
        },
      },
    ],
    [
      'keyboard input in a recording',
      'cast.input',
      {
        files: {
          'recordings/02-upgrade-ops.cast': '{"version":2,"width":80,"height":24}\n[2,"i","secret"]\n',
        },
      },
    ],
    ['a recording that is none', 'cast.header', { files: { 'recordings/02-upgrade-ops.cast': 'hello\n' } }],
    [
      'a recording that is not text',
      'cast.encoding',
      { files: { 'recordings/02-upgrade-ops.cast': Buffer.of(0xff, 0xfe, 0x0a) } },
    ],
    [
      'a rehearsal passed off as a run',
      'plan.mismatch',
      { rehearsal: true, story: edit('run.start', (d) => ({ ...d, rehearsal: false })) },
    ],
    [
      'a rehearsal host in a real run',
      'rehearsal.mismatch',
      { story: edit('host.connect', (d) => ({ ...d, pin: 'rehearsal' })) },
    ],
    [
      'a host outside the plan',
      'plan.target',
      { story: edit('host.connect', (d) => ({ ...d, target: 'other' })) },
    ],
    ['a field of no known kind', 'journal.schema', { story: edit('step.end', (d) => ({ ...d, extra: 1 })) }],
    ['records swapped', 'journal.chain', { journal: (t) => t.replace(/^(.*\n)(.*\n)(.*\n)/, '$1$3$2') }],
    ['a record taken out', 'journal.chain', { journal: (t) => t.replace(/\n.*\n/, '\n') }],
    [
      'an edited record',
      'journal.chain',
      { journal: (t) => t.replace('helm', 'kubectl').replace('"ms":900', '"ms":901') },
    ],
    ['CRLF', 'journal.chain', { journal: (t) => t.replace(/\n(.*)\n/, '\n$1\r\n') }],
    [
      'a duplicate key',
      'journal.line',
      { journal: (t) => t.replace('"attempt":1', '"attempt":1,"attempt":1') },
    ],
    ['a float', 'journal.line', { journal: (t) => t.replace('"ms":900', '"ms":900.5') }],
    ['an unsafe integer', 'journal.line', { journal: (t) => t.replace('"ms":900', '"ms":9007199254740993') }],
    [
      'a bidirectional control',
      'journal.line',
      { journal: (t) => t.replace('"auth":"publickey"', '"auth":"public\u202ekey"') },
    ],
    ['a plan with white space', 'json.form', { files: { 'hosts/ops.json': '{ "target": "ops" }\n' } }],
    ['a file of no known kind under a known folder', 'file.uncited', { files: { 'outputs/99-x.out': 'x' } }],
  ])('is caught with %s', async (_name, id, options) => {
    const verdict = await bundle(options);
    expect(verdict.findings.map((f) => f.id)).toContain(id);
    expect(verdict.l2).toBe('fails');
  });

  it('cannot have a run without its end sealed', async () => {
    await expect(bundle({ story: (d) => d.slice(0, -1) })).rejects.toThrow(/not ended/);
  });
});
