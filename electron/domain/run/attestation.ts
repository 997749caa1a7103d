/** Judges what a person reports against the limits of an attest step. */
import type { AttestValue } from '../../contract/records.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { AttestInput } from '../../contract/steps.ts';

/** Whether the value is within its limits; an error says that it is of another kind than the step asks for. */
export function judgeAttestation(input: AttestInput, value: AttestValue): Result<boolean, string> {
  if (input.kind !== value.kind) return err(`this step asks for ${input.kind}, not ${value.kind}`);
  if (input.kind === 'text' && value.kind === 'text') {
    const text = value.text.trim();
    if (text.length < input.minLength) return ok(false);
    // The format says that the whole text must match.
    return ok(input.pattern === undefined || new RegExp(`^(?:${input.pattern})$`, 'u').test(text));
  }
  if (input.kind === 'number' && value.kind === 'number') {
    const n = Number(value.number);
    return ok((input.min === undefined || n >= input.min) && (input.max === undefined || n <= input.max));
  }
  if (input.kind === 'choice' && value.kind === 'choice') {
    if (!input.options.includes(value.option)) return err(`${value.option} is not one of the options`);
    return ok(input.passes.includes(value.option));
  }
  if (input.kind === 'checklist' && value.kind === 'checklist') {
    const ticked = new Set(value.ticked);
    if (value.ticked.some((index) => index >= input.items.length))
      return err('an item that is not on the list');
    return ok(ticked.size === input.items.length);
  }
  return err('the value does not fit the step');
}

/** The value in words, for captures and reports. */
export function attestedText(input: AttestInput, value: AttestValue): string {
  switch (value.kind) {
    case 'text':
      return value.text.trim();
    case 'number':
      return value.number;
    case 'choice':
      return value.option;
    case 'checklist':
      return input.kind === 'checklist'
        ? `${String(value.ticked.length)} of ${String(input.items.length)}`
        : '';
  }
}

/** Whether two people gave the same answer: texts but for case and spaces, numbers as numbers. */
export function sameAnswer(a: AttestValue, b: AttestValue): boolean {
  if (a.kind === 'text' && b.kind === 'text') return textKey(a.text) === textKey(b.text);
  if (a.kind === 'number' && b.kind === 'number') return Number(a.number) === Number(b.number);
  if (a.kind === 'choice' && b.kind === 'choice') return a.option === b.option;
  if (a.kind !== 'checklist' || b.kind !== 'checklist') return false;
  const ticked = new Set(a.ticked);
  return ticked.size === new Set(b.ticked).size && b.ticked.every((index) => ticked.has(index));
}

function textKey(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().replace(/\s+/gu, ' ');
}
