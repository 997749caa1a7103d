/** Rule document.contradictory-frequency. */
import type { DocumentBlock, DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { frequencyOf } from '../text/dates.ts';
import { placeOfText } from '../text/outline.ts';

export const documentContradictoryFrequency: DocumentRule = {
  id: 'document.contradictory-frequency',
  scope: 'document',
  severity: 'warning',
  title: 'One thing has two frequencies',
  why: 'Two sections say differently how often it is done, or what does it. A manual change and a job then meet.',
  remedy: 'Keep one rule, and refer to it.',
  bad: `# Monthly

- Kubernetes cluster upgrades

# Quarterly

- Kubernetes cluster upgrades`,
  good: `# Monthly

- Kubernetes cluster upgrades

# Quarterly

- Review of the network`,
  badLine: 7,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const said = statements(doc);
  return said.flatMap(({ subject, days, words, block }, i) => {
    const before = said.slice(0, i).find((other) => other.subject === subject && other.days !== days);
    if (
      before === undefined ||
      said.slice(0, i).some((other) => other.subject === subject && other.block.at.line === block.at.line)
    )
      return [];
    const message = `${subject} is ${words.toLowerCase()} here, and ${before.words.toLowerCase()} in line ${String(before.block.at.line)}.`;
    return [{ at: placeOfText(doc, block, wordIn(block, subject)), message }];
  });
}

/** What is spoken of under several names. */
const SUBJECTS: readonly (readonly [string, RegExp])[] = [
  ['JWT signing keys', /\bJWT\b.*\bkeys?\b|\bRSA signing\b/i],
  ['API keys', /\bAPI keys?\b/i],
  ['Cipher keys', /\bcipher keys?\b|\bcipher\b(?=,)/i],
  ['Kubernetes upgrades', /\bkubernetes\b.*\bupgrades?\b|\bupgrades?\b.*\bkubernetes\b/i],
  ['SOC2', /\bSOC ?2\b(?=.*(?:renewal|audit|certification|type)|\/)/i],
  ['ISO27001', /\bISO ?27001\b(?=.*(?:certification|renewal)|\))/i],
];

interface Statement {
  readonly subject: string;
  readonly days: number;
  readonly words: string;
  readonly block: DocumentBlock;
}

function statements(doc: DocumentUnderLint): readonly Statement[] {
  return doc.blocks.flatMap((block) => {
    if (block.kind !== 'row' && block.kind !== 'item') return [];
    const often = block.kind === 'row' ? frequencyOfRow(block.text) : sectionFrequency(block);
    if (often === null) return [];
    return SUBJECTS.filter(([, pattern]) => pattern.test(block.text)).map(([subject]) => ({
      subject,
      ...often,
      block,
    }));
  });
}

function frequencyOfRow(text: string): { readonly days: number; readonly words: string } | null {
  for (const cell of text.split(' | ').slice(1)) {
    if (/^on demand$/i.test(cell)) return { days: 0, words: cell };
    if (/^\d+\s*h$/i.test(cell)) return { days: Number(/\d+/.exec(cell)?.[0]) / 24, words: `every ${cell}` };
    if (/policy$/i.test(cell)) return { days: -1, words: `by ${cell}` };
    const found = frequencyOf(cell);
    if (found !== null && cell.length < 30) return found;
  }
  return null;
}

function sectionFrequency(block: DocumentBlock): { readonly days: number; readonly words: string } | null {
  const found = frequencyOf(block.under.at(-1) ?? '');
  return found === null
    ? null
    : { days: found.months === null ? found.days : found.months * 30, words: found.words };
}

/** The word to point at. */
function wordIn(block: DocumentBlock, subject: string): string {
  const word = subject.split(' ')[0] ?? subject;
  const index = block.text.toLowerCase().indexOf(word.toLowerCase());
  return index === -1
    ? (/\b(?:RSA signing|cipher)\b/i.exec(block.text)?.[0] ?? block.text.slice(0, 20))
    : block.text.slice(index, index + word.length);
}
