/** Where the parts of a runbook that was put together stand in the files they come from. */
import type { Diagnostic } from '../../../contract/runbook.ts';
import type { Detail, Path, Places } from '../yamlSource.ts';

/** The part at `path` comes from `from` of another document. The longest path that fits decides. */
export interface Origin {
  readonly path: Path;
  readonly source: Places;
  readonly from: Path;
}

export class LinkedPlaces implements Places {
  readonly value: unknown;
  private readonly main: Places;
  private readonly origins = new Map<string, Origin>();

  constructor(value: unknown, main: Places, origins: readonly Origin[]) {
    this.value = value;
    this.main = main;
    for (const origin of origins) this.origins.set(JSON.stringify(origin.path), origin);
  }

  at(severity: 'error' | 'warning', rule: string, path: Path, message: string, more?: Detail): Diagnostic {
    const { source, from } = this.resolve(path);
    return source.at(severity, rule, from, message, more);
  }

  /** What was read is text already: see `plainScalars`. */
  scalarText(): undefined {
    return undefined;
  }

  private resolve(path: Path): { readonly source: Places; readonly from: Path } {
    for (let length = path.length; length > 0; length--) {
      const origin = this.origins.get(JSON.stringify(path.slice(0, length)));
      if (origin !== undefined)
        return { source: origin.source, from: [...origin.from, ...path.slice(length)] };
    }
    return { source: this.main, from: path };
  }
}

/** The value with each number as it is written in its file (`1.20`), so that it means the same in another file. */
export function plainScalars<T>(value: T, source: Places): T {
  return plain(value, source, []) as T;
}

/** `path` leads to the value; it is the same again afterwards. */
function plain(value: unknown, source: Places, path: (string | number)[]): unknown {
  if (typeof value === 'number') {
    const text = source.scalarText(path);
    return text === undefined || text === String(value) ? value : text;
  }
  if (typeof value !== 'object' || value === null) return value;
  const below = (key: string | number, item: unknown) => {
    path.push(key);
    const made = plain(item, source, path);
    path.pop();
    return made;
  };
  if (Array.isArray(value)) return value.map((item: unknown, i) => below(i, item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, below(key, item)]),
  );
}
