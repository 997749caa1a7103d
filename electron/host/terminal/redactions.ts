/** What is said of the secrets that were masked in the files of a recording. Names and numbers, never values. */
import type { OutputFilter } from '../secrets/outputFilter.ts';

/** Masks that stand in a file. `rule` is the name of the secret. */
export interface Redaction {
  readonly file: string;
  readonly rule: string;
  readonly count: number;
}

/** End of a rule that tells of a secret of which a part had been written before it was recognised. */
export const IN_PART = ' (in part)';

/**
 * Beginning of the mark that says so in the recording itself, at once: records are made when the command has ended, and
 * the app may not live to see that.
 */
export const PART_MARK = 'written in part before it was recognised: ';

/** Standard error goes into the file of standard output where it has none of its own. */
export function redactionsOf(
  options: { readonly cast: string; readonly stdout?: string; readonly stderr?: string },
  filter: Pick<OutputFilter, 'counts' | 'inPart'>,
): readonly Redaction[] {
  const out = filter.counts('stdout');
  const err = filter.counts('stderr');
  const both = added(out, err);
  const files: readonly (readonly [string | undefined, ReadonlyMap<string, number>])[] = [
    [options.cast, both],
    [options.stdout, options.stderr === undefined ? both : out],
    [options.stderr, err],
  ];
  const masked = files.flatMap(([file, counts]) =>
    file === undefined ? [] : [...counts].map(([rule, count]) => ({ file, rule, count })),
  );
  const partly = [...filter.inPart()].map((rule) => ({
    file: options.cast,
    rule: `${rule.slice(0, 64 - IN_PART.length)}${IN_PART}`,
    count: 1,
  }));
  return [...masked, ...partly];
}

function added(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sum = new Map(a);
  for (const [name, count] of b) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}
