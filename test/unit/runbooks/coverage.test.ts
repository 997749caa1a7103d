/** Nothing of the source documents got lost on the way into runbooks and reference pages. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../../electron/domain/lint/rules.ts';
import { parseReference } from '../../../electron/domain/reference/parse.ts';
import {
  type Carrier,
  coveragePage,
  idsOf,
  itemsOf,
  mapped,
  readDefects,
  readNotCarried,
  referenceCarriers,
  runbookCarriers,
  unmapped,
} from './coverage.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const named = (folder: string, ending: string) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(ending))
    .sort();

const documents = ['mazevault-maintenance', 'naksha-maintenance-schedule'];
const texts = new Map(documents.map((name) => [name, read(`test/fixtures/sources/${name}.md`)]));
const items = documents.flatMap((name) => itemsOf(texts.get(name) ?? '', name));
const runbooks = named('runbooks', '.runbook.yaml').map((name) => ({
  id: name.replace('.runbook.yaml', ''),
  text: read(`runbooks/${name}`),
}));
const ids = new Map(runbooks.map(({ id, text }) => [id, idsOf(text, id)]));
const pages = named('runbooks/reference', '.reference.yaml').flatMap((name) => {
  const { page } = parseReference(read(`runbooks/reference/${name}`), name);
  return page === null ? [] : [page];
});
const carriers: readonly Carrier[] = [
  ...runbooks.flatMap(({ id, text }) => runbookCarriers(text, `${id}.runbook.yaml`)),
  ...pages.flatMap((page) => referenceCarriers(page)),
];
const defects = readDefects(read('runbooks/defects.yaml'));
const excused = readNotCarried(read('runbooks/coverage.yaml'));
const all = mapped(items, carriers);

/** Whether a place that a defect names is there. */
function exists(place: string): boolean {
  if (place.startsWith('lint:')) return rules.some((rule) => rule.id === place.slice(5));
  if (place.startsWith('reference:')) {
    const [page, entry] = place.slice(10).split('.');
    return pages.some((one) => one.id === page && one.entries.some((other) => other.id === entry));
  }
  const [id = '', step] = place.split('/');
  const steps = ids.get(id);
  return steps !== undefined && (step === undefined || steps.includes(step));
}

describe('coverage of the source documents', () => {
  it('leaves nothing unmapped', () => {
    expect(unmapped(all, excused)).toEqual([]);
  });

  it('is written down in docs/coverage.md', () => {
    const page = coveragePage(all, excused, defects, exists);
    if (process.env['HOLDPOINT_WRITE_DOCS'] === '1') writeFileSync(new URL('docs/coverage.md', root), page);
    expect(read('docs/coverage.md')).toBe(page);
  });

  it('looks at every line that is not empty, a fence or a rule', () => {
    const seen = new Set(
      items.flatMap((item) =>
        Array.from(
          { length: item.to - item.line + 1 },
          (_, i) => `${item.document}:${String(item.line + i)}`,
        ),
      ),
    );
    const naksha = (texts.get('naksha-maintenance-schedule') ?? '').split('\n');
    const missing = naksha.flatMap((line, i) => {
      const plain = line.trim() === '' || /^(?:```|---$)/.test(line.trim());
      return plain || seen.has(`naksha-maintenance-schedule:${String(i + 1)}`) ? [] : [line];
    });
    expect(missing).toEqual([]);
    const commands = items.filter((item) => item.kind === 'command');
    expect(commands.reduce((sum, item) => sum + item.to - item.line + 1, 0)).toBe(
      15 + 15 + 7 + 4 + 1 + 3 + 2,
    );
    expect(commands.map((item) => item.text)).toContain('# Restore database if migration was applied');
  });

  it('cites only lines that are there', () => {
    const wrong = carriers.filter(({ document, to }) => to > (texts.get(document)?.split('\n').length ?? 0));
    expect(wrong.map(({ name, to }) => `${name}: line ${String(to)}`)).toEqual([]);
  });

  it('is not claimed wholesale', () => {
    const wide = carriers.filter(({ from, to }) => to - from >= 30);
    expect(wide.map(({ name, from, to }) => `${name}: ${String(from)}-${String(to)}`)).toEqual([]);
  });

  // Line of a command or a task, and what a step that carries it must hold.
  it.each([
    [47, /Release notes are read/],
    [48, /pg_restore -l/],
    [49, /pg_restore --exit-on-error/],
    [50, /helm history|docker inspect/],
    [51, /maintenance window is agreed/],
    [52, /users were told/],
    [55, /helm repo update/],
    [57, /helm diff upgrade .*--suppress-secrets/s],
    [61, /kubectl exec -i .*exec pg_dump -Fc/s],
    [63, /helm upgrade .*--version .*--wait --timeout 10m/s],
    [67, /kubectl get pods .*imageID/s],
    [68, /curl -fsS --cacert/],
    [72, /\.\/scripts\/mazevault-backup\.sh/],
    [74, /compose -f \S+ pull/],
    [76, /docker load/],
    [77, /docker load/],
    [78, /docker load/],
    [79, /sed -E .*image/s],
    [81, /up -d --no-deps --wait .*--pull never backend/],
    [83, /docker inspect .*\.Image/],
    [84, /curl -fsS --cacert/],
    [86, /rollout status/],
    [87, /\$\.status.*healthy/],
    [89, /schema_query.*dirty/],
    [90, /secret read .*sha256sum.*canary_sha256/],
    [91, /openssl ocsp .*revoked/s],
    [92, /agents_query.*95/],
    [93, /audit_query/],
    [94, /license show/],
    [97, /helm rollback \S+ \$\{rollback_revision\}.*--wait/],
    [99, /compose -f \S+ stop /],
    [101, /up -d --no-deps --wait .*--pull never backend/],
    [102, /ALTER DATABASE/],
    [106, /VACUUM \(ANALYZE/],
    [108, /autovacuum/],
    [110, /REINDEX INDEX CONCURRENTLY/],
    [113, /pg_database_size/],
    [133, /JWT Signing Keys → Rotate/],
    [149, /openssl crl /],
  ])('carries line %i of the first document in deed', (line, wanted) => {
    const found = all.filter(
      ({ item }) => item.document === 'mazevault-maintenance' && item.line <= line && line <= item.to,
    );
    const steps = found.flatMap(({ carriers: by }) => by.flatMap(({ step }) => step ?? []));
    expect(steps.filter((step) => wanted.test(step))).not.toEqual([]);
  });

  it('excuses nothing that is carried after all', () => {
    const stale = excused.filter(({ document, lines: [from, to] }) =>
      all.some(
        ({ item, carriers: by }) =>
          by.length > 0 && item.document === document && from <= item.line && item.line <= to,
      ),
    );
    expect(stale).toEqual([]);
  });
});

describe('the defects of the source documents', () => {
  it('are all 38 told, once each, with lines that are there', () => {
    expect(defects.map((defect) => defect.number)).toEqual(Array.from({ length: 38 }, (_, i) => i + 1));
    for (const { number, document, lines } of defects) {
      const last = texts.get(document)?.split('\n').length ?? 0;
      for (const [from, to] of lines) {
        expect(from, String(number)).toBeLessThanOrEqual(to);
        expect(to, String(number)).toBeLessThanOrEqual(last);
      }
    }
  });

  it('name rules and reference entries that exist', () => {
    const places = defects.flatMap((defect) => defect.in).filter((place) => place.includes(':'));
    expect(places.filter((place) => !exists(place))).toEqual([]);
  });

  it('name runbooks and steps that exist', () => {
    const places = defects.flatMap((defect) => defect.in).filter((place) => !place.includes(':'));
    expect([...new Set(places)].filter((place) => !exists(place))).toEqual([]);
  });

  it('are told by the reference entries that speak of them', () => {
    const cited = pages.flatMap((page) => page.entries.flatMap((entry) => entry.expert?.defects ?? []));
    expect(cited.filter((number) => !defects.some((defect) => defect.number === number))).toEqual([]);
  });
});

describe('the table itself', () => {
  const text = '# Doc\n\n## Steps\n\n- one\n- two\n\n```sh\nls -l\n\n# away with it\nrm -f x | cat\n```\n';
  const few = itemsOf(text, 'doc');
  const book = (source: string) =>
    runbookCarriers(
      `id: a-book\nsource: { document: doc, section: Steps }\nphases:\n  - id: p\n    steps:\n      - { id: s, source: ${source} }\n`,
      'a-book.runbook.yaml',
    );

  it('says what nothing carries', () => {
    const found = unmapped(mapped(few, book('{ line: 5 }')), []);
    expect(found).toEqual([
      'doc:1 heading: Doc',
      'doc:6 item: two',
      'doc:9 command: ls -l',
      'doc:11 command: # away with it ⏎ rm -f x | cat',
    ]);
  });

  it('takes ranges, sections, and lines of another document than the runbook names', () => {
    expect(unmapped(mapped(few, book('{ line: 1, to-line: 12 }')), [])).toEqual([]);
    expect(unmapped(mapped(few, book('{ document: other, line: 1, to-line: 12 }')), [])).toHaveLength(5);
  });

  it('does not take a whole runbook or phase for what somebody has to do', () => {
    const claims =
      'id: a-book\nsource: { document: doc, line: 1, to-line: 12 }\nphases:\n' +
      '  - { id: p, source: { line: 1, to-line: 12 }, steps: [{ id: s }] }\n';
    const found = unmapped(mapped(few, runbookCarriers(claims, 'a-book.runbook.yaml')), []);
    expect(found).toEqual([
      'doc:5 item: one',
      'doc:6 item: two',
      'doc:9 command: ls -l',
      'doc:11 command: # away with it ⏎ rm -f x | cat',
    ]);
    expect(idsOf(claims, 'a-book.runbook.yaml')).toEqual(['p', 's']);
  });

  it('keeps cells in their columns', () => {
    const page = coveragePage(mapped(few, book('{ line: 1, to-line: 12 }')), [], [], () => true);
    expect(page).toContain(
      '| 11–12 | command | `# away with it ⏎ rm -f x \\| cat` | [a-book](../runbooks/a-book.runbook.yaml) › s |',
    );
    expect(page).toContain('none unmapped');
  });
});
