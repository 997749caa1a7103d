/** A document as rules look at it: its sections, the lists under a label, and where a word stands. */
import type { DocumentBlock, DocumentUnderLint, Hit, Place } from '../rule.ts';

export interface DocSection {
  /** Null before the first heading. */
  readonly heading: DocumentBlock | null;
  readonly title: string;
  /** Up to the next heading, of whatever level. */
  readonly blocks: readonly DocumentBlock[];
}

/** A label such as “Procedure:” and the list under it. A list without one has the heading for its label. */
export interface LabelledList {
  readonly label: DocumentBlock | null;
  readonly section: DocSection;
  readonly items: readonly DocumentBlock[];
}

export function docSections(doc: DocumentUnderLint): readonly DocSection[] {
  const sections: { heading: DocumentBlock | null; title: string; blocks: DocumentBlock[] }[] = [];
  for (const block of doc.blocks) {
    if (block.kind === 'heading') sections.push({ heading: block, title: plainText(block.text), blocks: [] });
    else {
      if (sections.length === 0) sections.push({ heading: null, title: '', blocks: [] });
      sections.at(-1)?.blocks.push(block);
    }
  }
  return sections;
}

export function labelledLists(doc: DocumentUnderLint): readonly LabelledList[] {
  return docSections(doc).flatMap((section) => {
    const lists: { label: DocumentBlock | null; section: DocSection; items: DocumentBlock[] }[] = [];
    let label = section.heading;
    let open = false;
    for (const block of section.blocks) {
      if (block.kind !== 'item' && block.kind !== 'task') {
        open = false;
        label = /:\s*\**\s*$/.test(block.text) ? block : null;
        continue;
      }
      if (!open) lists.push({ label, section, items: [] });
      open = true;
      lists.at(-1)?.items.push(block);
    }
    return lists;
  });
}

/** Without emphasis, signs before the first letter and a colon at the end. */
export function plainText(text: string): string {
  return text
    .replace(/[*_`]{1,3}/g, '')
    .replace(/^[^\p{L}\p{N}[(]+/u, '')
    .replace(/:\s*$/, '')
    .trim();
}

/** Where a text stands in a block, which may go over several lines. */
export function placeOfText(doc: DocumentUnderLint, block: DocumentBlock, text: string): Place {
  const next = doc.blocks.find((other) => other.at.line > block.at.line)?.at.line ?? doc.lines.length + 1;
  for (let line = block.at.line; line < Math.max(next, block.at.line + 1); line++) {
    const column = (doc.lines[line - 1] ?? '').indexOf(text);
    if (column !== -1) return { line, column: column + 1 };
  }
  return block.at;
}

/** A hit for each block that a pattern is found in. */
export function hitsOf(
  doc: DocumentUnderLint,
  pattern: RegExp,
  message: (match: RegExpExecArray, block: DocumentBlock) => string | null,
  kinds: readonly DocumentBlock['kind'][] = ['heading', 'paragraph', 'item', 'task', 'row'],
): readonly Hit[] {
  return doc.blocks.flatMap((block) => {
    const match = kinds.includes(block.kind) ? pattern.exec(block.text) : null;
    const said = match === null ? null : message(match, block);
    return match === null || said === null ? [] : [{ at: placeOfText(doc, block, match[0]), message: said }];
  });
}

/** All that stands in a document, in lower case. */
export function allText(doc: DocumentUnderLint): string {
  return doc.lines.join('\n').toLowerCase();
}

/** Numbered lists of what is done in an emergency. */
export function emergencyLists(doc: DocumentUnderLint): readonly LabelledList[] {
  return labelledLists(doc).filter(({ label, section, items }) => {
    const about = [label?.text ?? '', section.title, ...(section.heading?.under ?? [])].join(' ');
    return (
      /\b(?:emergency|critical|incident|outage|unplanned)\b/i.test(about) &&
      items.some(({ text }) => /^\d+[.)]\s/.test(text))
    );
  });
}
