/** The part of JSONPath that names exactly one value: `$.a.b[0]["c d"]` (RFC 9535, singular queries). */
import { err, ok, type Result } from '../../contract/result.ts';

export type JsonPath = readonly (string | number)[];

const SEGMENT =
  /\.([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff-]*)|\[(-?\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/y;

/** Parses a path. Negative indices count from the end. */
export function parseJsonPath(source: string): Result<JsonPath, string> {
  if (!source.startsWith('$')) return err('a path starts with "$", such as $.status or $.items[0]["name"]');
  const path: (string | number)[] = [];
  let at = 1;
  while (at < source.length) {
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(source);
    if (match === null) return err(`cannot read the path at "${source.slice(at, at + 20)}"`);
    const segment =
      match[2] !== undefined ? Number(match[2]) : (match[1] ?? match[4] ?? unquote(match[3] ?? ''));
    if (segment === undefined) return err(`cannot read the quoted name at "${source.slice(at, at + 20)}"`);
    path.push(segment);
    at = SEGMENT.lastIndex;
  }
  return ok(path);
}

/** The value at a path, or undefined when there is none. Never looks at inherited properties. */
export function valueAt(document: unknown, path: JsonPath): { readonly value: unknown } | undefined {
  let value = document;
  for (const segment of path) {
    if (typeof segment === 'number') {
      if (!Array.isArray(value)) return undefined;
      const index = segment < 0 ? value.length + segment : segment;
      if (index < 0 || index >= value.length) return undefined;
      value = (value as readonly unknown[])[index];
    } else {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      if (!Object.hasOwn(value, segment)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[segment];
    }
  }
  return { value };
}

function unquote(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
