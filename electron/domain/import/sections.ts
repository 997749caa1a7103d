/** Cuts a document at its headings. A heading without a text of its own stands in the path of those below it. */
import type { Block, Span } from './blocks.ts';
import { Headings } from './lintInput.ts';

export type Content = Exclude<Block, { kind: 'heading' }>;

export interface Section {
  /** Headings from the outermost to its own; none above the first heading. */
  readonly path: readonly string[];
  /** Its own heading, and those directly above it that have no text of their own. */
  readonly headings: readonly Span[];
  readonly content: readonly Content[];
}

/** The sections of a document, in order. */
export function sectionsOf(blocks: readonly Block[]): readonly Section[] {
  const above = new Headings();
  const sections: Section[] = [];
  let path: readonly string[] = [];
  let headings: Span[] = [];
  let content: Content[] = [];
  const close = (): void => {
    if (headings.length > 0 || content.length > 0) sections.push({ path, headings, content });
    headings = [];
    content = [];
  };
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      content.push(block);
      continue;
    }
    above.enter(block.level, block.text);
    const next = above.path();
    // A heading directly above a deeper one is told by the path of that one.
    if (content.length > 0 || next.length <= path.length) close();
    path = next;
    headings.push(block.span);
  }
  close();
  return sections;
}
