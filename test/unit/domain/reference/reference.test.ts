import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../../electron/domain/reference/parse.ts';
import {
  referencePaths,
  referenceValue,
  searchReference,
} from '../../../../electron/domain/reference/lookUp.ts';
import { parseDuration } from '../../../../electron/domain/runbook/duration.ts';

const folder = new URL('../../../../runbooks/reference/', import.meta.url);
const parsed = readdirSync(folder)
  .filter((name) => name.endsWith('.reference.yaml'))
  .map((name) => parseReference(readFileSync(new URL(name, folder), 'utf8'), name));
const pages = parsed.flatMap(({ page }) => (page === null ? [] : [page]));
const source = (name: string) =>
  readFileSync(new URL(`../../../fixtures/sources/${name}.md`, import.meta.url), 'utf8').split('\n');

const page = (entries: string) =>
  `reference: 1\nid: a-page\ntitle: A page\nservice: S\nsummary: Words.\nsource: { document: d }\nentries:\n${entries}`;

describe('the shipped reference pages', () => {
  it('have no errors', () => {
    expect(parsed.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    expect(pages.map((one) => one.id)).toEqual([
      'mazevault-jobs',
      'mazevault-notification',
      'mazevault-schedule',
      'naksha-contacts',
      'naksha-metrics',
      'naksha-schedule',
    ]);
  });

  it('hold the 20 jobs of the backend, 4 of the agents and 3 of the gateways, in the words of the document', () => {
    const jobs = pages.find((one) => one.id === 'mazevault-jobs')?.entries ?? [];
    const numbers = jobs.flatMap((job) => (job.number === undefined ? [] : [job.number]));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const lines = source('mazevault-maintenance');
    const text = (from: number, to: number) =>
      lines
        .slice(from - 1, to)
        .map((line) => line.replaceAll('|', ' ').trim())
        .join(' ');
    const advice = ['Configurable intervals', 'Backend Jobs'];
    for (const job of jobs.filter((one) => !advice.includes(one.section ?? ''))) {
      expect(text(job.lines.from, job.lines.to)).toContain(job.title);
      expect(text(job.lines.from, job.lines.to)).toContain(job.description);
    }
    expect(jobs.filter((job) => job.section === 'Agent Jobs')).toHaveLength(4);
    expect(jobs.filter((job) => job.section === 'Gateway Jobs')).toHaveLength(3);
    expect(jobs.filter((job) => job.section === 'Configurable intervals')).toHaveLength(3);
  });

  it('hold every row of the tables of tasks, rotations and lifetimes, and every contact', () => {
    const words = (document: string, from: number, to: number) =>
      source(document)
        .slice(from - 1, to)
        .map((line) => line.replaceAll('|', ' ').trim())
        .filter((line) => line !== '');
    const titles = (page: string, from: number, to: number) =>
      (pages.find((one) => one.id === page)?.entries ?? [])
        .filter(({ lines }) => lines.from >= from && lines.to <= to)
        .map(({ title }) => title);
    // The first cell of each row: a task has four lines, a rotation three, a lifetime two.
    const firsts = (from: number, to: number, each: number) =>
      words('mazevault-maintenance', from, to).filter((_, i) => i % each === 0);
    expect(titles('mazevault-schedule', 10, 45)).toEqual(firsts(10, 45, 4));
    expect(titles('mazevault-schedule', 10, 45)).toHaveLength(9);
    expect(titles('mazevault-schedule', 119, 130)).toEqual(firsts(119, 130, 3));
    expect(titles('mazevault-schedule', 140, 145)).toEqual(['Root CA', 'Intermediate CA', 'Issuing CA']);
    expect(firsts(140, 145, 2)).toEqual(['Root CA', 'Intermediate CA', 'Issuing CA']);
    const people = words('naksha-maintenance-schedule', 196, 212).flatMap((line) => {
      const [, team, step] = /^(?:- \*\*(.+)\*\*: |[├└]── [^:]+: (.+))/u.exec(line) ?? [];
      return team ?? step ?? [];
    });
    expect(people).toHaveLength(11);
    expect(titles('naksha-contacts', 196, 212)).toEqual(people);
  });

  it('are used by shipped runbooks: the heartbeat a check waits for, the jobs to pause, the failover', () => {
    const runbooks = new URL('../../../../runbooks/', import.meta.url);
    const uses = readdirSync(runbooks)
      .filter((name) => name.endsWith('.runbook.yaml'))
      .map((name) => readFileSync(new URL(name, runbooks), 'utf8'));
    const from = uses.flatMap((text) =>
      [...text.matchAll(/^ +from: (\S+\.\S+\.\S+)$/gm)].map(([, path]) => path ?? ''),
    );
    expect(from.filter((path) => referenceValue(pages, path) === undefined)).toEqual([]);
    const named = pages.flatMap((one) => one.entries.flatMap((entry) => entry.runbooks));
    const shipped = uses.map((text) => /^id: (\S+)$/m.exec(text)?.[1]);
    expect(named.filter((id) => !shipped.includes(id))).toEqual([]);
    for (const [path, use] of [
      ['mazevault-jobs.agent-heartbeat.interval', 'heartbeat=${agent_heartbeat}'],
      ['mazevault-jobs.pause-for-change.jobs', 'jobs pause ${jobs_to_pause}'],
      ['mazevault-jobs.gateway-health.stale-after', "for: ['${gateway_stale_after}'"],
    ] as const) {
      expect(
        uses.filter((text) => text.includes(`from: ${path}`) && text.includes(use)).length,
        path,
      ).toBeGreaterThan(0);
    }
  });

  it('keep the template of the vendor to the word', () => {
    const lines = source('mazevault-maintenance');
    const subject = referenceValue(pages, 'mazevault-notification.vendor-template.subject');
    expect(lines[151]).toBe(`Subject: ${subject ?? ''}`);
    expect(referenceValue(pages, 'mazevault-notification.vendor-template.body')?.trimEnd()).toBe(
      lines.slice(152, 163).join('\n'),
    );
  });

  it('cite lines that exist, and hold what the entry is called', () => {
    for (const one of pages) {
      const lines = source(one.document);
      for (const entry of one.entries) {
        expect(entry.lines.to, entry.id).toBeLessThanOrEqual(lines.length);
        expect(lines.slice(entry.lines.from - 1, entry.lines.to).join(''), entry.id).not.toBe('');
      }
    }
  });
});

describe('a look-up', () => {
  it('gives a value as a parameter takes it', () => {
    expect(referenceValue(pages, 'mazevault-jobs.gateway-heartbeat.interval')).toBe('60s');
    expect(
      parseDuration(referenceValue(pages, 'mazevault-jobs.crl-regeneration.full-interval') ?? ''),
    ).toEqual({
      ok: true,
      value: 168 * 3_600_000,
    });
    expect(referenceValue(pages, 'mazevault-jobs.gateway-health.missed-heartbeats')).toBe('3');
    expect(referenceValue(pages, 'naksha-schedule.dr-drill.rpo')).toBe('5m');
  });

  it('gives nothing for a path that leads nowhere', () => {
    for (const path of [
      '',
      'mazevault-jobs',
      'mazevault-jobs.gateway-heartbeat',
      'mazevault-jobs.gateway-heartbeat.intervall',
      'mazevault-jobs.gateway-heartbeat.interval.more',
      'constructor.prototype.name',
    ]) {
      expect(referenceValue(pages, path), path).toBeUndefined();
    }
  });

  it('knows every path', () => {
    const paths = referencePaths(pages);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.every((path) => referenceValue(pages, path) !== undefined)).toBe(true);
  });
});

describe('a search', () => {
  it('finds entries by all of their words, those with the word in the title first', () => {
    const hits = searchReference(pages, 'Heartbeat gateway').map(({ entry }) => entry.id);
    expect(hits[0]).toBe('gateway-heartbeat');
    expect(hits).toContain('gateway-health');
    expect(searchReference(pages, 'job 19').map(({ entry }) => entry.id)).toContain('gateway-health');
    expect(searchReference(pages, 'no such thing')).toEqual([]);
    expect(searchReference(pages, '  ').length).toBe(pages.flatMap((one) => one.entries).length);
  });
});

describe('a page that is wrong', () => {
  const entry = (values: string) => page(`  - id: e\n    title: E\n    values: ${values}\n    lines: 1\n`);

  it.each([
    ['two kinds of value', entry('{ v: { duration: 1h, text: x } }'), 10, 'exactly one of'],
    ['no value', entry('{ v: { what: x } }'), 10, 'exactly one of'],
    ['a unit without a number', entry('{ v: { duration: 1h, unit: days } }'), 10, 'Only a number'],
    ['a duration that is none', entry('{ v: { duration: soon } }'), 10, 'must be a duration'],
    ['a duration of nothing', entry('{ v: { duration: 0s } }'), 10, 'more than zero'],
    ['an unknown key', page('  - { id: e, title: E, lines: 1, colour: red }\n'), 8, '"colour"'],
    ['lines the wrong way round', page('  - { id: e, title: E, lines: [3, 2] }\n'), 8, 'after the last'],
    [
      'an entry twice',
      page('  - { id: e, title: E, lines: 1 }\n  - { id: e, title: F, lines: 2 }\n'),
      9,
      'two entries',
    ],
    ['no YAML', 'reference: [1', 1, ''],
  ])('is refused for %s, at its place', (_, text, line, message) => {
    const { page: read, diagnostics } = parseReference(text, 'a-page.reference.yaml');
    expect(read).toBeNull();
    expect(diagnostics[0]?.line).toBe(line);
    expect(diagnostics[0]?.message).toContain(message);
  });

  it('is refused under another name', () => {
    const { page: read, diagnostics } = parseReference(
      page('  - { id: e, title: E, lines: 1 }\n'),
      'b.reference.yaml',
    );
    expect(read).toBeNull();
    expect(diagnostics[0]?.message).toContain('a-page');
  });
});
