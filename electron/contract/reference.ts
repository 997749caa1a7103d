/** A reference page as the app understands it: what a document says of jobs, intervals, lifetimes and contacts. Types only. */

/** Lines of a document, from 1. */
export interface PageLines {
  readonly from: number;
  readonly to: number;
}

export type ReferenceValue = {
  readonly name: string;
  readonly what?: string;
  readonly configurable?: string;
} & (
  | { readonly kind: 'duration'; readonly ms: number; readonly source: string }
  | { readonly kind: 'number'; readonly number: number; readonly unit?: string }
  | { readonly kind: 'text'; readonly text: string }
);

export interface ReferenceEntry {
  readonly id: string;
  readonly title: string;
  readonly number?: number;
  readonly section?: string;
  readonly scope?: string;
  readonly values: readonly ReferenceValue[];
  readonly description?: string;
  readonly expert?: { readonly note: string; readonly defects: readonly number[] };
  readonly runbooks: readonly string[];
  /** Lines of the document it comes from. */
  readonly lines: PageLines;
}

export interface ReferencePage {
  readonly id: string;
  readonly title: string;
  readonly service: string;
  readonly summary: string;
  /** Document the page comes from, without its ending. */
  readonly document: string;
  /** Headings and table heads of the document that the page stands for. */
  readonly headings: readonly PageLines[];
  readonly entries: readonly ReferenceEntry[];
}
