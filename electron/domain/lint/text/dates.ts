/** Dates in documents, and the arithmetic of calendars. Days only; no clock and no time zone is asked. */
import type { DocumentBlock, DocumentUnderLint } from '../rule.ts';
import { docSections, type DocSection, plainText } from './outline.ts';

const DAY = 86_400_000;
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const WORDS = new RegExp(`\\b(${MONTHS.join('|')})\\s+(\\d{1,2}),?\\s+(\\d{4})\\b`, 'i');
const ISO = /\b(\d{4})-(\d{2})-(\d{2})\b/;

export interface FoundDate {
  /** As it is written. */
  readonly text: string;
  /** Days since 1970-01-01. */
  readonly day: number;
}

/** The first date of a text, such as `November 2, 2025` or `2025-11-02`. */
export function dateIn(text: string): FoundDate | null {
  const words = WORDS.exec(text);
  if (words !== null) {
    const month = MONTHS.indexOf((words[1] ?? '').toLowerCase());
    return { text: words[0], day: dayOf(Number(words[3]), month, Number(words[2])) };
  }
  const iso = ISO.exec(text);
  if (iso === null) return null;
  return { text: iso[0], day: dayOf(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])) };
}

export function dayOf(year: number, month: number, date: number): number {
  return Math.round(Date.UTC(year, month, date) / DAY);
}

/** `Sunday 2025-11-02`. */
export function dayText(day: number): string {
  const date = new Date(day * DAY);
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.toISOString().slice(0, 10)}`;
}

export function weekdayOf(day: number): string {
  return WEEKDAYS[new Date(day * DAY).getUTCDay()] ?? '';
}

/** The same date so many months later; the last day of a month that is too short. */
export function plusMonths(day: number, months: number): number {
  const date = new Date(day * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dayOf(year, month, Math.min(date.getUTCDate(), last));
}

/** The day the document counts from: its effective date. */
export function effectiveDay(doc: DocumentUnderLint): number | null {
  const block = doc.blocks.find(({ text }) => /\b(?:effective|valid from|in force)\b/i.test(text));
  return block === undefined ? null : (dateIn(block.text)?.day ?? null);
}

export interface DueDate {
  readonly section: DocSection;
  readonly block: DocumentBlock;
  readonly date: FoundDate;
}

/** Dates that say when something is next due. */
export function dueDates(doc: DocumentUnderLint): readonly DueDate[] {
  return docSections(doc).flatMap((section) =>
    section.blocks.flatMap((block) => {
      const date = /\bnext (?:due|run|date|review)\b/i.test(block.text) ? dateIn(block.text) : null;
      return date === null ? [] : [{ section, block, date }];
    }),
  );
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'last'];

export interface MonthlyWindow {
  readonly block: DocumentBlock;
  readonly section: DocSection;
  readonly words: string;
  readonly hours: number | null;
  /** The window of the month that a day lies in. */
  inMonthOf(day: number): number;
}

/** Windows such as “First Saturday of each month, 02:00-06:00 UTC”. */
export function monthlyWindows(doc: DocumentUnderLint): readonly MonthlyWindow[] {
  return docSections(doc).flatMap((section) =>
    section.blocks.flatMap((block) => {
      const match =
        /\b(first|second|third|fourth|last)\s+((?:sun|mon|tues|wednes|thurs|fri|satur)day)\b/i.exec(
          block.text,
        );
      if (match === null) return [];
      const nth = ORDINALS.indexOf((match[1] ?? '').toLowerCase());
      const weekday = WEEKDAYS.findIndex((name) => name.toLowerCase() === (match[2] ?? '').toLowerCase());
      const inMonthOf = (day: number) => nthWeekday(day, nth, weekday);
      return [{ block, section, words: match[0], hours: hoursOf(block.text), inMonthOf }];
    }),
  );
}

/** Hours of `02:00-06:00`. */
function hoursOf(text: string): number | null {
  const match = /\b(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})\b/.exec(text);
  if (match === null) return null;
  const [from, to] = [Number(match[1]) * 60 + Number(match[2]), Number(match[3]) * 60 + Number(match[4])];
  return ((to - from + 1440) % 1440) / 60;
}

function nthWeekday(day: number, nth: number, weekday: number): number {
  const date = new Date(day * DAY);
  const first = dayOf(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const to = (weekday - new Date(first * DAY).getUTCDay() + 7) % 7;
  if (nth < 4) return first + to + nth * 7;
  const last = plusMonths(first, 1) - 1;
  return last - ((new Date(last * DAY).getUTCDay() - weekday + 7) % 7);
}

/** How often something is done, as a word: `monthly`, `every 90 days`. */
export function frequencyOf(
  text: string,
): { readonly words: string; readonly days: number; readonly months: number | null } | null {
  const plain = plainText(text);
  const every =
    /\bevery\s+(\d+)\s+(day|week|month)s?\b/i.exec(plain) ?? /^(\d+)\s+(day|week|month)s?$/i.exec(plain);
  if (every !== null) {
    const n = Number(every[1]);
    const unit = (every[2] ?? '').toLowerCase();
    if (unit === 'month') return { words: every[0], days: n * 30, months: n };
    return { words: every[0], days: n * (unit === 'week' ? 7 : 1), months: null };
  }
  const named =
    /\b(semi-?annual(?:ly)?|bi-?annual(?:ly)?|half-yearly|quarterly|monthly|weekly|daily|annual(?:ly)?|yearly)\b/i.exec(
      plain,
    );
  if (named === null) return null;
  const word = (named[1] ?? '').toLowerCase();
  const months = /semi|bi|half/.test(word)
    ? 6
    : word.startsWith('quarter')
      ? 3
      : word.startsWith('month')
        ? 1
        : /^(?:annual|year)/.test(word)
          ? 12
          : null;
  return { words: named[0], days: months === null ? (word === 'weekly' ? 7 : 1) : months * 30, months };
}
