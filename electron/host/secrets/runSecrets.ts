/**
 * The secrets of one open run, in memory only: given, used, looked for in what comes back, forgotten. Their values must
 * never stand in an error, a record, a snapshot or a log.
 */
import type { RunSnapshot } from '../../contract/views.ts';
import type { VarName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { RecordBody } from '../../contract/records.ts';
import { fail, type Failure, ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { secretProblem } from '../../domain/redact/forms.ts';
import {
  compileSecrets,
  createNullRedactor,
  createRedactor,
  type Patterns,
  type Redactor,
} from '../../domain/redact/redactor.ts';
import { holdsSecret, redactText } from '../../domain/redact/text.ts';

export interface RunSecrets {
  /** Holds a value from now on. `by`: who gives it again. The failure says why not, never the value. */
  give(name: string, value: string, by?: string): Result<null>;
  /** The value, for the standard input of a command. */
  get(name: string): string | undefined;
  held(): readonly VarName[];
  /** Secrets of the plan that are not in memory, or in doubt: nothing may be recorded until they are given again. */
  missing(): readonly VarName[];
  /**
   * What is on disk does not follow from the values that were given again: one of them may be another one than before.
   * They are looked for still, and asked for once more. Whoever gives the same value again stands by it.
   */
  doubt(): void;
  /** Who gave which secrets after the app had forgotten them, in the order of their names. */
  givenAgain(): readonly { readonly name: VarName; readonly by: string }[];
  /** Why nothing may be recorded now; null when it may. */
  blocked(): { readonly ok: false; readonly error: Failure } | null;
  view(): RunSnapshot['secrets'];
  /** Whether the runbook has secrets at all. Without any, nothing is looked for and nothing costs anything. */
  readonly declared: boolean;
  /** Changes whenever a secret is added: streams that are open then look for it too. */
  readonly version: number;
  redactor(): Redactor;
  patterns(): Patterns;
  /** Text with every secret masked. */
  text(text: string): string;
  /** Records with every secret masked in every string. */
  records(bodies: readonly RecordBody[]): readonly RecordBody[];
  /** Zeroes what can be zeroed. Nothing can be looked for afterwards. */
  forget(): void;
}

/** The part of a snapshot that tells of secrets. */
export function withSecrets(secrets: RunSecrets): Pick<RunSnapshot, 'secrets'> {
  const view = secrets.view();
  return view === undefined || view.length === 0 ? {} : { secrets: view };
}

type Declared = Pick<Runbook['parameters'][number], 'name' | 'title'>;

export interface RunSecretsOptions {
  readonly runbook: Pick<Runbook, 'parameters'>;
  readonly plan: Pick<Plan, 'secrets'>;
  /** Texts of the evidence that are public: a secret that stands there is none. */
  readonly known: readonly string[];
}

/** Of a run whose runbook declares none: costs nothing. */
export function noSecrets(): RunSecrets {
  return createRunSecrets({ runbook: { parameters: [] }, plan: {}, known: [] });
}

export function createRunSecrets({ runbook, plan, known }: RunSecretsOptions): RunSecrets {
  const declared: readonly Declared[] = runbook.parameters.filter(({ type }) => type.kind === 'secret');
  const values = new Map<VarName, Buffer>();
  /** Values that another one has taken the place of: they may stand in what was said before, and are secrets still. */
  const replaced: { readonly name: VarName; readonly value: Buffer }[] = [];
  const again = new Map<VarName, string>();
  const doubted = new Set<VarName>();
  const stoodBy = new Set<VarName>();
  let version = 0;
  let patterns = compileSecrets([]);
  let any = false;

  function compile(): void {
    const all = [...[...values].map(([name, value]) => ({ name, value })), ...replaced];
    patterns = compileSecrets(all.map(({ name, value }) => ({ name, value: value.toString('utf8') })));
    any = values.size > 0;
    version += 1;
  }

  function missing(): readonly VarName[] {
    return (plan.secrets ?? []).filter((name) => !values.has(name) || doubted.has(name));
  }

  return {
    give(name, value, by) {
      const found = declared.find((one) => one.name === name);
      if (found === undefined) return fail('not-found', 'This runbook has no secret of that name.');
      const problem = unfit(value, known);
      if (problem !== null) return fail('bad-request', `${found.title} ${problem}.`, { hint: READ_ON_HOST });
      const before = values.get(found.name);
      const next = Buffer.from(value, 'utf8');
      const doubtful = doubted.delete(found.name);
      if (before?.equals(next) === true) {
        if (doubtful) stoodBy.add(found.name);
        return ok(null);
      }
      stoodBy.delete(found.name);
      if (by !== undefined) again.set(found.name, by);
      if (before !== undefined) replaced.push({ name: found.name, value: before });
      values.set(found.name, next);
      compile();
      return ok(null);
    },
    get: (name) => values.get(name as VarName)?.toString('utf8'),
    held: () => [...values.keys()],
    missing,
    doubt() {
      for (const name of again.keys()) if (!stoodBy.has(name)) doubted.add(name);
    },
    givenAgain: () =>
      [...again].map(([name, by]) => ({ name, by })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    blocked() {
      const names = missing();
      if (names.length === 0) return null;
      const why =
        doubted.size === 0
          ? 'the app does not keep secrets'
          : 'what is on disk does not follow from what was given';
      return fail('refused', `${names.join(', ')} must be given again: ${why}.`, {
        kept: 'Nothing was sent.',
        hint: 'Until it is in memory again it could not be kept out of the record.',
      });
    },
    view: () =>
      declared
        .filter(({ name }) => plan.secrets?.includes(name) === true)
        .map(({ name, title }) => ({ name, title, held: values.has(name) && !doubted.has(name) })),
    declared: declared.length > 0,
    get version() {
      return version;
    },
    patterns: () => patterns,
    redactor: () => (any ? createRedactor(patterns) : createNullRedactor()),
    text: (text) => (any ? redactText(patterns, text) : text),
    records: (bodies) =>
      any ? bodies.map((body) => scrubbed(body, (text) => redactText(patterns, text))) : bodies,
    forget() {
      for (const value of [...values.values(), ...replaced.map((one) => one.value)]) value.fill(0);
      values.clear();
      again.clear();
      doubted.clear();
      stoodBy.clear();
      replaced.length = 0;
      patterns = compileSecrets([]);
      any = false;
      version += 1;
    },
  };
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** What helps when a value cannot be kept out of the record. */
export const READ_ON_HOST = 'Let the command read it on the host, from where the site keeps it.';

/** Why a value cannot be kept out of the evidence, as the end of a sentence; null when it can. */
function unfit(value: string, known: readonly string[]): string | null {
  if (LONE_SURROGATE.test(value)) return 'is not valid Unicode';
  const problem = secretProblem(value);
  if (problem !== null) return problem;
  const one = compileSecrets([{ name: 'x', value }]);
  return known.some((text) => holdsSecret(one, text))
    ? 'stands in the runbook or the plan, which are part of the evidence: it cannot be kept out of it'
    : null;
}

/** Every string of a record without secrets. A mask that is too long for its field gives way to a short one. */
function scrubbed(body: RecordBody, redact: (text: string) => string): RecordBody {
  const masked = mapStrings(body, redact);
  if (masked === body) return body;
  const fits = RecordBody.safeParse(masked);
  if (fits.success) return fits.data;
  const short = RecordBody.safeParse(mapStrings(body, (text) => (redact(text) === text ? text : SHORT_MASK)));
  return short.success ? short.data : body;
}

const SHORT_MASK = '[***]';

/** The same value when no string changes. */
function mapStrings<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, mapStrings(inner as unknown, change)] as const,
  );
  if (entries.every(([key, inner]) => inner === (value as Record<string, unknown>)[key])) return value;
  return (Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)) as T;
}
