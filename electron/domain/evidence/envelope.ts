/** Parts a record of a journal or ledger into its place (chain and time) and what it says. Judges the place only. */
import type { z } from 'zod';
import { Envelope } from '../../contract/records.ts';
import type { Json } from './jcs.ts';

export interface Opened {
  readonly envelope: z.infer<typeof Envelope>;
  /** Everything else that stands in the record, as it came. */
  readonly body: unknown;
}

/** Null when a chain field or time is missing or wrong. */
export function openEnvelope(record: Json): Opened | null {
  const envelope = Envelope.safeParse(record);
  if (!envelope.success) return null;
  const { _prev, _seq, mono: _mono, t: _t, ...body } = record as Readonly<Record<string, Json>>;
  return { envelope: envelope.data, body };
}
