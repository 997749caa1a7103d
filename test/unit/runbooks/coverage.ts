/** Maps each line of the source documents that says something to what carries it, and writes the table of it. */
import { z } from 'zod';
import { commandLength } from '../../../electron/domain/import/commandLines.ts';
import { importDocument } from '../../../electron/domain/import/importDocument.ts';
import type { ReferencePage } from '../../../electron/domain/reference/page.ts';
import { loadYaml } from '../../../electron/domain/runbook/yamlSource.ts';

export interface Item {
  readonly document: string;
  readonly line: number;
  /** Its last line: a command may stand on several, with the comment above it. */
  readonly to: number;
  readonly kind: 'heading' | 'text' | 'item' | 'task' | 'row' | 'command';
  readonly text: string;
}

/** Something that stands for lines of a document. */
export interface Carrier {
  readonly document: string;
  readonly from: number;
  readonly to: number;
  readonly section?: string;
  /** As Markdown. */
  readonly name: string;
  /** A whole runbook or phase: it carries headings, text and rows, and no command, task or item. */
  readonly whole?: true;
  /** The step as it is written. */
  readonly step?: string;
}

export interface Mapped {
  readonly item: Item;
  readonly carriers: readonly Carrier[];
}

const span = z.tuple([z.int().min(1), z.int().min(1)]);
const words = z.string().min(10).max(1000);
const documentName = z.enum(['mazevault-maintenance', 'naksha-maintenance-schedule']);
const DefectSchema = z.strictObject({
  number: z.int().min(1),
  document: documentName,
  lines: z.array(span).min(1),
  title: words,
  done: words,
  in: z.array(z.string().regex(/^(?:(?:reference|lint):)?[a-z0-9./-]+$/)).min(1),
});
export type Defect = z.infer<typeof DefectSchema>;
const NotCarriedSchema = z.strictObject({ document: documentName, lines: span, reason: words });
export type NotCarried = z.infer<typeof NotCarriedSchema>;

export function readDefects(text: string): readonly Defect[] {
  return z.strictObject({ defects: z.array(DefectSchema) }).parse(yaml(text)).defects;
}

export function readNotCarried(text: string): readonly NotCarried[] {
  return z.strictObject({ 'not-carried': z.array(NotCarriedSchema) }).parse(yaml(text))['not-carried'];
}

/** Headings, rows, items, text and commands of a document. */
export function itemsOf(text: string, document: string): readonly Item[] {
  const imported = importDocument(text, `${document}.md`);
  if (!imported.ok) throw new Error(imported.error.message);
  return imported.value.document.blocks.flatMap((block): readonly Item[] => {
    const { line } = block.at;
    if (block.kind === 'code') return commandItems(block.text.split('\n'), line, document);
    const kind = block.kind === 'paragraph' ? 'text' : block.kind;
    return [{ document, line, to: line, kind, text: block.text }];
  });
}

/** A comment directly above a command belongs to it; any other is an item of its own. */
function commandItems(lines: readonly string[], first: number, document: string): readonly Item[] {
  const source = lines.map((text, i) => ({ text, line: first + i, column: 1 }));
  const items: Item[] = [];
  for (let i = 0; i < lines.length;) {
    const caption = commandLength(source, i) === 0 && commandLength(source, i + 1) > 0 ? 1 : 0;
    const length = caption + Math.max(caption === 1 ? 0 : 1, commandLength(source, i + caption));
    const text = lines
      .slice(i, i + length)
      .map((one) => one.trim())
      .join(' ⏎ ');
    const at = { line: first + i, to: first + i + length - 1 };
    if (text !== '') items.push({ document, ...at, kind: 'command', text });
    i += length;
  }
  return items;
}

/** Ids of the steps of a runbook, and of its phases. */
export function idsOf(text: string, file: string): readonly string[] {
  return list(field(yaml(text, file), 'phases')).flatMap((phase) =>
    [phase, ...list(field(phase, 'steps'))].flatMap((one) => string(field(one, 'id')) ?? []),
  );
}

/** What a runbook says it carries: `source` of itself, of its phases and of its steps, by `line` and `to-line`. */
export function runbookCarriers(text: string, file: string): readonly Carrier[] {
  const book = yaml(text, file);
  const id = string(field(book, 'id')) ?? file;
  const own = field(book, 'source');
  const link = (step?: string) =>
    `[${id}](../runbooks/${id}.runbook.yaml)${step === undefined ? '' : ` › ${step}`}`;
  const phases = list(field(book, 'phases'));
  return [
    ...whole(carriersAt(own, own, link())),
    ...phases.flatMap((phase) => [
      ...whole(carriersAt(field(phase, 'source'), own, link(string(field(phase, 'id'))))),
      ...list(field(phase, 'steps')).flatMap((step) =>
        carriersAt(field(step, 'source'), own, link(string(field(step, 'id')))).map((carrier) => ({
          ...carrier,
          step: JSON.stringify(step),
        })),
      ),
    ]),
  ];
}

export function referenceCarriers(page: ReferencePage): readonly Carrier[] {
  const link = `[${page.id}](../runbooks/reference/${page.id}.reference.yaml)`;
  const { document } = page;
  return [
    ...page.headings.map((lines) => ({ document, ...lines, name: `${link} (reference)` })),
    ...page.entries.map((entry) => ({ document, ...entry.lines, name: `${link} › ${entry.id} (reference)` })),
  ];
}

/** Who carries each item. A heading is carried by whatever names its section, too. */
export function mapped(items: readonly Item[], carriers: readonly Carrier[]): readonly Mapped[] {
  return items.map((item) => ({
    item,
    carriers: carriers.filter(
      (carrier) =>
        carrier.document === item.document &&
        !(carrier.whole === true && isDeed(item)) &&
        ((carrier.from <= item.to && item.line <= carrier.to) ||
          (item.kind === 'heading' && carrier.section !== undefined && sameName(carrier.section, item.text))),
    ),
  }));
}

/** What somebody has to do: only a step or an entry of a reference can carry it. */
function isDeed({ kind }: Item): boolean {
  return kind === 'command' || kind === 'task' || kind === 'item';
}

/** Items that nothing carries and no reason excuses, one line each. */
export function unmapped(all: readonly Mapped[], excused: readonly NotCarried[]): readonly string[] {
  return all
    .filter(({ item, carriers }) => carriers.length === 0 && reasonFor(item, excused) === undefined)
    .map(({ item }) => `${item.document}:${String(item.line)} ${item.kind}: ${item.text.slice(0, 100)}`);
}

/** The page docs/coverage.md. */
export function coveragePage(
  all: readonly Mapped[],
  excused: readonly NotCarried[],
  defects: readonly Defect[],
  exists: (place: string) => boolean,
): string {
  const documents = [...new Set(all.map(({ item }) => item.document))];
  const open = unmapped(all, excused).length;
  return [
    '# What became of the source documents',
    '',
    '<!-- Generated from the runbooks, the reference pages, runbooks/coverage.yaml and runbooks/defects.yaml. Renew it with HOLDPOINT_WRITE_DOCS=1 npx vitest run test/unit/runbooks/coverage.test.ts -->',
    '',
    `Each heading, table row, list item, line of text and command of the documents, and the runbook step or reference entry that carries it. ${String(all.length)} in all, ${open === 0 ? 'none' : String(open)} unmapped.`,
    '',
    ...documents.flatMap((document) => [
      `## ${document}`,
      '',
      '| Line | Kind | Text | Carried by |',
      '| ---: | --- | --- | --- |',
      ...all
        .filter(({ item }) => item.document === document)
        .map(({ item, carriers }) => row(item, carriers, excused)),
      '',
    ]),
    '## Defects of the documents',
    '',
    '| # | Lines | What is wrong | What was done | Where |',
    '| ---: | --- | --- | --- | --- |',
    ...defects.map((defect) => defectRow(defect, exists)),
    '',
  ].join('\n');
}

function row(item: Item, carriers: readonly Carrier[], excused: readonly NotCarried[]): string {
  const names = [...new Set(carriers.map((carrier) => carrier.name))];
  const by = names.length > 0 ? names.join('<br>') : (reasonFor(item, excused) ?? '**unmapped**');
  const text = item.kind === 'command' ? code(item.text) : cell(item.text);
  const lines = item.line === item.to ? String(item.line) : `${String(item.line)}–${String(item.to)}`;
  return `| ${lines} | ${item.kind} | ${text} | ${by} |`;
}

function defectRow(defect: Defect, exists: (place: string) => boolean): string {
  const lines = defect.lines.map(([from, to]) =>
    from === to ? `L${String(from)}` : `L${String(from)}–${String(to)}`,
  );
  const where = defect.in.map((place) => `${placeLink(place)}${exists(place) ? '' : ' (not there yet)'}`);
  return `| ${String(defect.number)} | ${defect.document} ${lines.join(', ')} | ${cell(defect.title)} | ${cell(defect.done)} | ${where.join('<br>')} |`;
}

function placeLink(place: string): string {
  if (place.startsWith('lint:')) return `rule ${place.slice(5)}`;
  if (place.startsWith('reference:')) {
    const [page = '', entry = ''] = place.slice(10).split('.');
    return `[${page}](../runbooks/reference/${page}.reference.yaml) › ${entry}`;
  }
  const [id = '', step] = place.split('/');
  return `[${id}](../runbooks/${id}.runbook.yaml)${step === undefined ? '' : ` › ${step}`}`;
}

function reasonFor(item: Item, excused: readonly NotCarried[]): string | undefined {
  return excused.find(
    ({ document, lines: [from, to] }) => document === item.document && from <= item.line && item.line <= to,
  )?.reason;
}

function carriersAt(source: unknown, inherited: unknown, name: string): readonly Carrier[] {
  const document = string(field(source, 'document')) ?? string(field(inherited, 'document'));
  if (source === undefined || document === undefined) return [];
  const section = string(field(source, 'section'));
  const line = field(source, 'line');
  const to = field(source, 'to-line');
  const facts = { document, name, ...(section === undefined ? {} : { section }) };
  if (typeof line === 'number') return [{ ...facts, from: line, to: typeof to === 'number' ? to : line }];
  // Only the section is named: its heading is carried, no line.
  return section === undefined ? [] : [{ ...facts, from: 0, to: 0 }];
}

function whole(carriers: readonly Carrier[]): readonly Carrier[] {
  return carriers.map((carrier) => ({ ...carrier, whole: true }));
}

function sameName(a: string, b: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^[^\p{L}\d]+|^\d+[.)]\s*/gu, '')
      .trim();
  return plain(a) === plain(b);
}

function cell(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/([*_`[\]])/g, '\\$1');
}

function code(text: string): string {
  return text.includes('`') ? cell(text) : `\`${text.replaceAll('|', '\\|')}\``;
}

function yaml(text: string, file = 'a.yaml'): unknown {
  const loaded = loadYaml(text, file);
  if (!loaded.ok) throw new Error(`${file}: ${loaded.diagnostics[0]?.message ?? 'cannot be read'}`);
  return loaded.source.value;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
