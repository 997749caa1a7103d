/** Reads proven files of a bundle for parsing, and makes sure that they are still the proven bytes. */
import { type Json, parseCanonical } from '../evidence/jcs.ts';
import { type Container, readMember } from './members.ts';
import type { Report } from './report.ts';

export const MAX_JSON_BYTES = 4 * 1024 * 1024;

export type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };
interface Schema<T> {
  safeParse(value: unknown): Parsed<T>;
}

/** `digests`: SHA-256 of each file as the manifest has proven it; of a file without one nothing is read. */
export class ContentReader {
  readonly #container: Container;
  readonly #digests: ReadonlyMap<string, string>;
  readonly #report: Report;

  constructor(container: Container, digests: ReadonlyMap<string, string>, report: Report) {
    this.#container = container;
    this.#digests = digests;
    this.#report = report;
  }

  /** The bytes of a file. Null, with a finding, when it is not there, too large, or changed meanwhile. */
  async bytes(path: string, limit = MAX_JSON_BYTES): Promise<Uint8Array | null> {
    const file = await readMember(this.#container, path, limit, this.#report);
    if (file === null) {
      if (!this.#digests.has(path)) this.#report.add('file.missing', path, 'it is not in the bundle');
      return null;
    }
    if (file.sha256 === this.#digests.get(path)) return file.bytes;
    this.#changed(path);
    return null;
  }

  #changed(path: string): void {
    this.#report.add('file.changing', path, 'the file changed while it was verified');
  }

  async text(path: string, limit = MAX_JSON_BYTES): Promise<string | null> {
    const bytes = await this.bytes(path, limit);
    const text = bytes === null ? null : this.#container.platform.utf8(bytes);
    if (bytes !== null && text === null) this.#report.add('file.encoding', path, 'it is not UTF-8');
    return text;
  }

  /** Canonical JSON and a line feed, of the schema; without a schema only the form counts. */
  async json<T>(path: string, schema: Schema<T> | null): Promise<T | null> {
    const text = await this.text(path);
    if (text === null) return null;
    const json = text.endsWith('\n') ? parseCanonical(text.slice(0, -1)) : null;
    if (json?.ok !== true) {
      this.#report.add('json.form', path, json === null ? 'no line feed at its end' : json.error);
      return null;
    }
    return schema === null ? null : this.#parse(path, json.value, schema);
  }

  #parse<T>(path: string, value: Json, schema: Schema<T>): T | null {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join('.') ?? '';
    this.#report.add('json.schema', path, `${where}: ${issue?.message ?? 'wrong'}`);
    return null;
  }
}
