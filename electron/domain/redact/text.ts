/** Secrets in whole texts: whether there are any, and the text without them. Pure. */
import { createRedactor, type Patterns } from './redactor.ts';
import { utf8Bytes, utf8Text } from './utf8.ts';

/** The text with every secret masked; the very same when there is none. */
export function redactText(patterns: Patterns, text: string): string {
  const redactor = createRedactor(patterns);
  const parts = [redactor.take(utf8Bytes(text)), redactor.end()];
  return redactor.counts.size === 0 ? text : parts.map(utf8Text).join('');
}

export function holdsSecret(patterns: Patterns, text: string): boolean {
  const redactor = createRedactor(patterns);
  redactor.take(utf8Bytes(text));
  redactor.end();
  return redactor.counts.size > 0;
}
