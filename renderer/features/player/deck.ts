/**
 * Plays a recording onto a screen as far as it is told, a bounded piece of work at a time. It can be put back to any
 * frame it was saved at. It knows nothing of clocks on the wall and draws nothing itself.
 */
import { fail, type Result } from '../../../electron/contract/result.ts';
import { parseEvent, parseHeader, type CastEvent } from './cast.ts';
import { createFilter, freshFilter, type FilterState } from './filter.ts';
import { createReel, type Reel, type Source } from './reel.ts';
import { clampSize } from './grid.ts';
import { createScreen, type Screen, type ScreenState } from './screen.ts';

/** A place in the recording that a deck can go on from. */
export interface Frame {
  /** Time of the last event before it, in ms. */
  readonly at: number;
  /** Byte where the next line begins. */
  readonly offset: number;
  readonly screen: ScreenState;
  readonly filter: FilterState;
}

/** `reached`: the next event is later. `busy`: time is over, there is more to do. `fetch`: more must be read first. */
export type Advance = 'reached' | 'busy' | 'fetch' | 'end';

export interface Deck {
  readonly screen: () => Screen;
  /** Time of the last event that was played, in ms. */
  readonly at: () => number;
  /** Byte that was played up to. */
  readonly offset: () => number;
  /** Time of the next event; null when it is not known (yet). */
  readonly next: () => number | null;
  /** Plays events up to `until` (ms), for about `budgetMs` at the most. */
  advance(until: number, budgetMs: number): Advance;
  fetch(): Promise<Result<'more' | 'end'>>;
  /** Between two lines only: null while a line is half played. */
  save(): Frame | null;
  restore(frame: Frame): void;
}

export interface DeckHooks {
  readonly now: () => number;
  readonly onMarker?: (marker: { readonly at: number; readonly label: string }) => void;
  /** Control sequences that were left out. */
  readonly onDropped?: (count: number) => void;
  /** Everything before the next line is drawn: a place to save. */
  readonly onLine?: () => void;
  /** A line that is no event of a recording. */
  readonly onBad?: () => void;
  /** A line feed begins a new line by itself: output of a command without a terminal. */
  readonly newline: boolean;
}

/** Output goes to the screen in pieces of this many UTF-16 units: a line of any length is bounded work. */
const SLICE = 4096;

/** The first frame: the size of the header, nothing on the screen. */
export async function openRecording(source: Source): Promise<Result<Frame>> {
  const reel = createReel(source);
  let line = reel.take();
  while (line === null) {
    const more = await reel.fetch();
    if (!more.ok) return more;
    line = reel.take();
    if (line === null && more.value === 'end') break;
  }
  const header = line === null || line.text === null ? null : parseHeader(line.text);
  if (line === null || header === null)
    return fail('corrupt', 'This file is no asciicast recording of version 2.');
  return {
    ok: true,
    value: {
      at: 0,
      offset: line.next,
      screen: createScreen(clampSize(header.cols, header.rows)).save(),
      filter: freshFilter,
    },
  };
}

export function createDeck(source: Source, from: Frame, hooks: DeckHooks): Deck {
  let screen = createScreen(from.screen);
  let filter = createFilter(from.filter);
  let reel: Reel = createReel(source, from.offset);
  let at = from.at;
  let offset = from.offset;
  /** The event whose turn is next, and where the line after it begins. */
  let coming: { readonly event: CastEvent; readonly next: number } | null = null;
  /** Output that is being drawn. */
  let text = '';
  let drawn = 0;
  let ended = false;

  const draw = (): void => {
    const { text: shown, dropped } = filter.push(text.slice(drawn, drawn + SLICE));
    drawn += SLICE;
    screen.write(hooks.newline ? shown.replaceAll('\n', '\r\n') : shown);
    if (dropped > 0) hooks.onDropped?.(dropped);
    if (drawn >= text.length) text = '';
  };
  const look = (): boolean => {
    while (coming === null) {
      const line = reel.take();
      if (line === null) return false;
      const event = line.text === null ? null : parseEvent(line.text);
      if (event === null) {
        if (line.text !== '') hooks.onBad?.();
        offset = line.next;
      } else coming = { event, next: line.next };
    }
    return true;
  };
  const play = (event: CastEvent): void => {
    // A recording's time never goes back; one that claims so is played in its order.
    at = Math.max(at, event.at);
    switch (event.kind) {
      case 'output':
        text = event.text;
        drawn = 0;
        return;
      case 'marker':
        hooks.onMarker?.({ at, label: event.label });
        return;
      case 'resize':
        screen.resize(event.cols, event.rows);
    }
  };

  return {
    screen: () => screen,
    at: () => at,
    offset: () => offset,
    next: () => coming?.event.at ?? null,
    advance(until, budgetMs) {
      const end = hooks.now() + budgetMs;
      for (let work = 1; ; work++) {
        if (text !== '') {
          draw();
          if (text === '') hooks.onLine?.();
        } else if (!look()) return ended ? 'end' : 'fetch';
        else if (coming !== null) {
          if (coming.event.at > until) return 'reached';
          const { event, next } = coming;
          coming = null;
          offset = next;
          play(event);
        }
        // Looking at the clock costs more than most events do.
        if ((text !== '' || work % 32 === 0) && hooks.now() >= end) return 'busy';
      }
    },
    async fetch() {
      const mine = reel;
      const result = await mine.fetch();
      if (mine === reel && result.ok && result.value === 'end' && coming === null && !look()) ended = true;
      return result;
    },
    save: () => (text === '' ? { at, offset, screen: screen.save(), filter: filter.save() } : null),
    restore(frame) {
      screen = createScreen(frame.screen);
      filter = createFilter(frame.filter);
      reel = createReel(source, frame.offset);
      at = frame.at;
      offset = frame.offset;
      coming = null;
      text = '';
      ended = false;
    },
  };
}
