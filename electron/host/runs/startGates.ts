/**
 * What keeps a real run from starting because of the runbook itself: product commands that nobody has confirmed, errors
 * the linter finds, and, where the site demands it, that it is from no signed package. Rehearsals are free of it.
 */
import type { StartCheck } from '../../contract/views.ts';
import type { Plan, Policy } from '../../contract/plan.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { lintRunbook } from '../../domain/lint/lint.ts';
import { openVendorSteps } from '../../domain/runbook/openVendor.ts';
import type { LoadedRunbook } from '../library/loaded.ts';

type Problem = StartCheck['problems'][number];
export type Release = NonNullable<Plan['release']>;

/** Who answers what is asked about a runbook before a real run. */
export interface StartGates {
  /** Everything the linter finds in the runbook as it would be run. */
  readonly lint: (entry: LoadedRunbook) => Promise<readonly Diagnostic[]>;
  /** The signed package that the runbook came in, byte for byte; null when it came in none. */
  readonly signedBy: (entry: LoadedRunbook) => Promise<Release | null>;
  /** Why it is from none, as a sentence, where more can be said than that. */
  readonly whyUnsigned?: (entry: LoadedRunbook) => Promise<string | undefined>;
}

/** What the gates have said of a runbook. */
export interface Vouched {
  readonly errors: readonly Diagnostic[];
  readonly release: Release | null;
  /** Why there is no release. */
  readonly unsigned?: string;
}

const LINTED = 200;
const SHOWN = 5;

/** `ids`: the runbooks that calls and rollbacks may name. */
export function createStartGates(options: {
  readonly ids: () => Promise<ReadonlySet<string>>;
  readonly lint?: StartGates['lint'];
  readonly signedBy?: StartGates['signedBy'];
  readonly whyUnsigned?: NonNullable<StartGates['whyUnsigned']>;
}): StartGates {
  /** A form asks at each change of a field; the runbook is the same. */
  const linted = new Map<string, readonly Diagnostic[]>();

  async function lint({ runbook, sha256, bytes }: LoadedRunbook): Promise<readonly Diagnostic[]> {
    const library = await options.ids();
    const key = `${sha256} ${[...library].sort().join(' ')}`;
    const known = linted.get(key);
    if (known !== undefined) return known;
    const text = new TextDecoder('utf-8').decode(bytes);
    const found = lintRunbook(text, `${runbook.id}.runbook.yaml`, { library });
    if (linted.size >= LINTED) linted.clear();
    linted.set(key, found);
    return found;
  }

  const { whyUnsigned } = options;
  return {
    lint: options.lint ?? lint,
    signedBy: options.signedBy ?? (() => Promise.resolve(null)),
    ...(whyUnsigned === undefined ? {} : { whyUnsigned }),
  };
}

/** Asks the gates about a runbook of the library. */
export async function askGates(gates: StartGates, entry: LoadedRunbook): Promise<Vouched> {
  const found = await gates.lint(entry);
  const release = await gates.signedBy(entry);
  const unsigned = release === null ? await gates.whyUnsigned?.(entry) : undefined;
  return {
    errors: found.filter(({ severity }) => severity === 'error'),
    release,
    ...(unsigned === undefined ? {} : { unsigned }),
  };
}

/** Why the runbook may not be started with these choices, in plain words. */
export function gateProblems(
  { runbook }: Pick<LoadedRunbook, 'runbook'>,
  request: {
    readonly rehearsal: boolean;
    readonly parameters: Readonly<Record<string, string>>;
    readonly variants: Readonly<Record<string, string>>;
  },
  policy: Policy,
  { errors, release, unsigned }: Vouched,
): readonly Problem[] {
  if (request.rehearsal) return [];
  const open = openVendorSteps(runbook, request);
  const problem = (message: string): Problem => ({ field: 'runbook', message });
  return [
    ...(open.length === 0
      ? []
      : [
          problem(
            `Nobody at this site has confirmed the product command of: ${open.map(({ title }) => title).join('; ')}. Fill it in, in an overlay of the site, or choose so that the step does not apply.`,
          ),
        ]),
    ...errors
      .slice(0, SHOWN)
      .map(({ message, rule, hint }) =>
        problem(`The runbook has an error: ${message} [${rule}]${hint === undefined ? '' : ` ${hint}`}`),
      ),
    ...(errors.length > SHOWN
      ? [problem(`It has ${String(errors.length - SHOWN)} more errors: holdpoint lint shows them all.`)]
      : []),
    ...(policy.runbooks === 'signed' && release === null
      ? [
          problem(
            unsigned === undefined
              ? 'This site runs only runbooks from a signed package, and this one is from none. Import the package it is published in.'
              : `This site runs only runbooks from a signed package. ${unsigned}`,
          ),
        ]
      : []),
  ];
}
