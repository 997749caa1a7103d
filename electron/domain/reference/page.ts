/** A reference page as the app understands it. Types only; they cross to the page, so they stand in the contract. */
export type { ReferenceEntry, ReferencePage, ReferenceValue } from '../../contract/reference.ts';
