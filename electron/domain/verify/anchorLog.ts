/**
 * Heads of journals as a log outside has them: lines of a SIEM or syslog export with `run=<id> seq=<n> head=<hex>`
 * somewhere in them. Nothing else of the lines is read.
 */

export interface AnchorLine {
  /** Counts from 1. */
  readonly line: number;
  readonly runId: string;
  readonly seq: number;
  readonly head: string;
}

const LINE = /\brun=(\d{8}T\d{6}Z-[0-9a-f]{6}) seq=(\d{1,9}) head=([0-9a-f]{64})\b/;
const MAX_LINE_CHARS = 64 * 1024;

/** The head that a line of a log holds; null when it holds none. `line` counts from 1. */
export function anchorLineOf(text: string, line: number): AnchorLine | null {
  const [, runId, seq, head] = LINE.exec(text.slice(0, MAX_LINE_CHARS)) ?? [];
  if (runId === undefined || seq === undefined || head === undefined) return null;
  return { line, runId, seq: Number(seq), head };
}

export function parseAnchors(text: string): readonly AnchorLine[] {
  return text.split('\n').flatMap((raw, index) => anchorLineOf(raw, index + 1) ?? []);
}
