/** Takes declared values out of a command's output. What is not there is an error, never an empty value. */
import type { VarName } from '../../contract/ids.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { Capture } from '../../contract/runbook.ts';
import { normalizeOutput } from '../terminal/plainText.ts';
import type { Observation } from './expectation.ts';
import { parseJsonPath, valueAt } from './jsonPath.ts';
import { compilePattern, PATTERN_INPUT_LIMIT } from './pattern.ts';

/** Longest value, in UTF-16 code units (contract/records.ts). */
export const MAX_CAPTURE_LENGTH = 4096;

/**
 * The captured values by name, without white space around them. Fails with what is wrong when a value is not there, is
 * empty or too long, or the output is incomplete: then nothing is captured at all.
 */
export function pickCaptures(
  captures: readonly Capture[],
  observation: Observation,
): Result<Readonly<Record<VarName, string>>, string> {
  if (captures.length > 0 && observation.truncated)
    return err('The output is incomplete, so nothing is captured from it.');
  const values: Record<VarName, string> = {};
  for (const capture of captures) {
    const picked = pick(capture, normalizeOutput(observation[capture.from]));
    if (!picked.ok) return err(`Cannot capture "${capture.name}": ${picked.error}.`);
    const value = picked.value.trim();
    if (value === '') return err(`Cannot capture "${capture.name}": the value is empty.`);
    if (value.length > MAX_CAPTURE_LENGTH) {
      return err(
        `Cannot capture "${capture.name}": the value is longer than ${String(MAX_CAPTURE_LENGTH)} characters.`,
      );
    }
    values[capture.name] = value;
  }
  return ok(values);
}

function pick({ pick: how, from }: Capture, text: string): Result<string, string> {
  switch (how.kind) {
    case 'all':
      return ok(text);
    case 'match': {
      const pattern = compilePattern(how.pattern);
      if (!pattern.ok) return err(pattern.error);
      const match = pattern.value.exec(text.slice(0, PATTERN_INPUT_LIMIT));
      return match === null ? err(`/${how.pattern}/ does not match ${from}`) : ok(match[1] ?? match[0]);
    }
    case 'json':
      return pickJson(how.path, text, from);
  }
}

function pickJson(source: string, text: string, from: string): Result<string, string> {
  const path = parseJsonPath(source);
  if (!path.ok) return err(path.error);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return err(`${from} is not JSON`);
  }
  const found = valueAt(document, path.value);
  if (found === undefined) return err(`there is no ${source} in ${from}`);
  const { value } = found;
  if (typeof value === 'string') return ok(value);
  if (typeof value === 'number' || typeof value === 'boolean') return ok(String(value));
  return err(`${source} is not a single value`);
}
