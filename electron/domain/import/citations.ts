/** Which lines of the document went where in the draft. What no citation names was not taken over. */
import type { Span } from './blocks.ts';

export interface Citation extends Span {
  /** Part of the draft: an id of a phase, and of a step when it is one. */
  readonly phase: string;
  readonly step?: string;
  readonly as: 'heading' | 'run' | 'checklist' | 'note' | 'mark';
}
