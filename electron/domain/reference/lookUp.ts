/** Finds values and entries in reference pages: for the defaults of parameters, and for people. */
import type { ReferenceEntry, ReferencePage, ReferenceValue } from './page.ts';

/**
 * The value at a path, as a parameter takes it: a duration as it is written (`60s`), a number in decimal digits, a text as
 * it is.
 *
 * @param path `<page>.<entry>.<value>`, such as `mazevault-jobs.gateway-heartbeat.interval`
 */
export function referenceValue(pages: readonly ReferencePage[], path: string): string | undefined {
  const [page, entry, value, ...more] = path.split('.');
  if (more.length > 0) return undefined;
  const found = pages
    .find((one) => one.id === page)
    ?.entries.find((one) => one.id === entry)
    ?.values.find((one) => one.name === value);
  return found === undefined ? undefined : valueText(found);
}

/** Every path that leads to a value, in the order of the pages: for suggestions and for checks. */
export function referencePaths(pages: readonly ReferencePage[]): readonly string[] {
  return pages.flatMap((page) =>
    page.entries.flatMap((entry) => entry.values.map((value) => `${page.id}.${entry.id}.${value.name}`)),
  );
}

export interface ReferenceHit {
  readonly page: ReferencePage;
  readonly entry: ReferenceEntry;
}

/**
 * Entries that hold every word of the query, in any case and order; those whose title has the first word come first. All
 * entries for an empty query.
 */
export function searchReference(pages: readonly ReferencePage[], query: string): readonly ReferenceHit[] {
  const words = normalized(query.slice(0, 200)).split(/\s+/).filter(Boolean);
  const hits = pages.flatMap((page) => page.entries.map((entry) => ({ page, entry })));
  const found = hits.filter((hit) => {
    const text = textOf(hit);
    return words.every((word) => text.includes(word));
  });
  const [first = ''] = words;
  const inTitle = (hit: ReferenceHit) => Number(!normalized(hit.entry.title).includes(first));
  return first === '' ? found : found.toSorted((a, b) => inTitle(a) - inTitle(b));
}

/** A value as text, without its unit. */
export function valueText(value: ReferenceValue): string {
  if (value.kind === 'duration') return value.source;
  return value.kind === 'number' ? String(value.number) : value.text;
}

function textOf({ page, entry }: ReferenceHit): string {
  const values = entry.values.map((value) =>
    [value.name, valueText(value), value.what ?? '', value.configurable ?? ''].join(' '),
  );
  const number = entry.number === undefined ? '' : `#${String(entry.number)} job ${String(entry.number)}`;
  return normalized(
    [
      page.title,
      page.service,
      entry.id,
      entry.title,
      number,
      entry.section ?? '',
      entry.scope ?? '',
      entry.description ?? '',
      entry.expert?.note ?? '',
      ...values,
      ...entry.runbooks,
    ].join('\n'),
  );
}

function normalized(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}
