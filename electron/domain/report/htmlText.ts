/** The few ways in which text becomes part of the page. Every one of them makes it harmless and escapes it. */
import { assertNever } from '../../contract/result.ts';
import { escapeXml } from './escapeXml.ts';
import type { Proof, ReportStep } from './model.ts';
import { visibleLine, visibleLines, visibleProse } from './safeText.ts';
import { proofText } from './words.ts';

/** Text of ours: words of this program. */
export function own(text: string): string {
  return escapeXml(text);
}

/** One line of somebody else’s text, apart from the direction of the text around it. */
export function line(text: string): string {
  return `<bdi>${escapeXml(visibleLine(text))}</bdi>`;
}

/** Prose of somebody else, line breaks kept. */
export function prose(text: string): string {
  return `<bdi class="lines">${escapeXml(visibleProse(text))}</bdi>`;
}

/** A command as it was sent. */
export function commandBlock(text: string): string {
  return `<pre class="cmd" dir="ltr"><bdi>${escapeXml(visibleLines(text.replace(/\n$/, '')))}</bdi></pre>`;
}

/** A block of recorded text that is harmless already (shownOutput). */
export function outputBlock(text: string): string {
  return `<pre dir="ltr"><bdi>${escapeXml(text)}</bdi></pre>`;
}

export function code(text: string): string {
  return `<code><bdi>${escapeXml(visibleLine(text))}</bdi></code>`;
}

export function proofs(list: readonly Proof[]): string {
  const seen = [...new Set(list.map(proofText))];
  return seen.length === 0 ? '' : `<span class="proof">${seen.map((one) => own(one)).join(' · ')}</span>`;
}

export function stateClass(state: ReportStep['state']): string {
  switch (state) {
    case 'passed':
    case 'attested':
    case 'decided':
    case 'held':
    case 'notified':
      return 'is-pass';
    case 'failed':
      return 'is-fail';
    case 'unknown':
      return 'is-unknown';
    case 'skipped':
    case 'overridden':
      return 'is-hold';
    case 'waiting':
    case 'current':
    case 'running':
    case 'not-applicable':
      return 'dim';
    default:
      return assertNever(state);
  }
}
