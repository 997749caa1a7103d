/**
 * A player of one recording: a clock, a deck that draws up to it, and a second deck that goes ahead through the whole
 * recording for its length, its markers and the frames that seeking begins from. Work is cut into small pieces, so that
 * the page stays usable whatever a recording holds.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { parseEvent } from './cast.ts';
import { createDeck, openRecording, type Deck, type Frame } from './deck.ts';
import { frameBefore, nextMarker, previousMarker, stepSpeed, tick, type Marker } from './playhead.ts';
import { cached, PIECE, type Source } from './reel.ts';
import type { Screen } from './screen.ts';
import { searchRecording, type SearchResult } from './search.ts';

export interface PlayerState {
  readonly phase: 'opening' | 'ready' | 'failed';
  readonly failure: Failure | null;
  readonly playing: boolean;
  readonly clock: number;
  /** ms; grows while the recording is still being read through, unless its end told it. */
  readonly duration: number;
  readonly speed: number;
  readonly idleCap: number | null;
  readonly markers: readonly Marker[];
  /** Bytes read through, of all. */
  readonly scanned: number;
  readonly bytes: number;
  /** The screen is on its way to the clock. */
  readonly catching: boolean;
  readonly dropped: number;
  readonly bad: number;
  /** Silence that was skipped by the cap so far. */
  readonly skipped: number;
}

export interface Player extends StoreApi<PlayerState> {
  /** The screen as it is now; null before the recording is open. */
  readonly screen: () => Screen | null;
  /** Calls back after each change of the screen; returns the end of it. */
  onDraw(listener: () => void): () => void;
  play(): void;
  pause(): void;
  toggle(): void;
  seek(at: number): void;
  by(ms: number): void;
  marker(direction: 1 | -1): void;
  faster(by: 1 | -1): void;
  setSpeed(speed: number): void;
  setIdleCap(cap: number | null): void;
  search(needle: string): Promise<Result<SearchResult>>;
  dispose(): void;
}

/** What the player needs of the world: frames, a clock, and turns between frames. Each `request` returns its undoing. */
export interface World {
  readonly now: () => number;
  readonly frame: (work: () => void) => () => void;
  readonly later: (work: () => void) => () => void;
}

/** ms of work a frame, and a turn of reading ahead. */
const DRAW_BUDGET = 8;
const SCAN_BUDGET = 12;
/** ms between two paintings of a screen that is on its way, and between two words about reading ahead. */
const PAINT_EVERY = 100;
const MAX_MARKERS = 10_000;
/** Cells in all frames that are kept for seeking, and bytes between two of them at the least. */
const FRAME_CELLS = 2_000_000;
const FRAME_BYTES = 262_144;

export const pageWorld: World = {
  now: () => performance.now(),
  frame: (work) => {
    const id = requestAnimationFrame(work);
    return () => {
      cancelAnimationFrame(id);
    };
  },
  later: (work) => {
    const id = setTimeout(work, 0);
    return () => {
      clearTimeout(id);
    };
  },
};

export interface PlayerOptions {
  readonly source: Source;
  /** A line feed begins a new line by itself (output of a command without a terminal). */
  readonly newline: boolean;
  readonly world?: World;
}

export function createPlayer(options: PlayerOptions): Player {
  const world = options.world ?? pageWorld;
  const source = cached(options.source);
  const store = createStore<PlayerState>(() => ({
    phase: 'opening',
    failure: null,
    playing: false,
    clock: 0,
    duration: 0,
    speed: 1,
    idleCap: 2000,
    markers: [],
    scanned: 0,
    bytes: source.bytes,
    catching: false,
    dropped: 0,
    bad: 0,
    skipped: 0,
  }));
  const listeners = new Set<() => void>();
  const frames: Frame[] = [];
  let deck: Deck | null = null;
  let disposed = false;
  let searches = 0;
  let undoFrame: (() => void) | null = null;
  let undoScan: (() => void) | null = null;
  /** Time on the wall of the last frame while playing; null when it stood still. */
  let lastWall: number | null = null;
  let fetching = false;
  /** How far reading ahead has come. */
  const front = { at: 0, done: false };
  let lastPaint = 0;

  const set = (change: Partial<PlayerState>): void => {
    if (disposed) return;
    const now = store.getState();
    // What says nothing new draws nothing.
    const isNew = (key: keyof PlayerState): boolean => !Object.is(now[key], change[key]);
    if ((Object.keys(change) as (keyof PlayerState)[]).some(isNew)) store.setState(change);
  };
  const failed = (failure: Failure): void => {
    set({ phase: 'failed', failure, playing: false, catching: false });
  };
  const wake = (): void => {
    if (undoFrame === null && !disposed && deck !== null) undoFrame = world.frame(frame);
  };

  const frame = (): void => {
    undoFrame = null;
    if (deck === null || disposed) return;
    const state = store.getState();
    const now = world.now();
    // The clock waits for the screen: while it catches up no time passes.
    if (state.playing && !state.catching && lastWall !== null) {
      const to = tick({
        clock: state.clock,
        wall: now - lastWall,
        speed: state.speed,
        idleCap: state.idleCap,
        last: deck.at(),
        next: deck.next(),
        duration: state.duration,
      });
      set({ clock: to.clock, skipped: state.skipped + to.skipped });
    }
    lastWall = state.playing ? now : null;
    draw(deck);
  };

  const draw = (current: Deck): void => {
    const { clock } = store.getState();
    // What lies beyond where reading ahead has come is drawn once, by it: the screen waits and goes on from its frame.
    if (!front.done && clock > front.at) {
      set({ catching: true });
      return;
    }
    const better = frameBefore(frames, clock);
    if (better !== undefined && better.offset > current.offset()) current.restore(better);
    const how = current.advance(clock, DRAW_BUDGET);
    if (how !== 'busy' || world.now() - lastPaint >= PAINT_EVERY) {
      lastPaint = world.now();
      for (const each of listeners) each();
    }
    if (how === 'fetch') {
      set({ catching: current.at() < clock && current.next() === null });
      fetchMore(current);
      return;
    }
    set({ catching: how === 'busy' });
    const { playing, duration, scanned, bytes } = store.getState();
    if (how === 'end' && clock >= duration && scanned >= bytes) set({ playing: false });
    if (how === 'busy' || (playing && store.getState().playing)) wake();
  };

  const fetchMore = (current: Deck): void => {
    if (fetching) return;
    fetching = true;
    void current.fetch().then((result) => {
      fetching = false;
      if (disposed) return;
      if (result.ok) wake();
      else failed(result.error);
    });
  };

  /** Goes through the whole recording once, ahead of the screen. */
  const scan = (first: Frame): void => {
    const cells = first.screen.cols * first.screen.rows;
    const kept = Math.min(256, Math.max(16, Math.floor(FRAME_CELLS / cells)));
    const every = Math.max(FRAME_BYTES, Math.ceil(source.bytes / kept));
    const markers: Marker[] = [];
    let dropped = 0;
    let bad = 0;
    let next = first.offset + every;
    const ahead = createDeck(source, first, {
      now: world.now,
      newline: options.newline,
      onMarker: (marker) => {
        if (markers.length < MAX_MARKERS) markers.push(marker);
      },
      onDropped: (count) => {
        dropped += count;
      },
      onBad: () => {
        bad += 1;
      },
      onLine: () => {
        if (ahead.offset() < next) return;
        const saved = ahead.save();
        if (saved === null) return;
        frames.push(saved);
        next = saved.offset + every;
      },
    });
    let toldAt = -Infinity;
    const told = (scanned: number): void => {
      toldAt = world.now();
      const before = store.getState();
      set({
        scanned,
        dropped,
        bad,
        duration: Math.max(before.duration, ahead.at()),
        markers: before.markers.length === markers.length ? before.markers : [...markers],
      });
    };
    const step = (): void => {
      undoScan = null;
      if (disposed) return;
      const how = ahead.advance(Infinity, SCAN_BUDGET);
      front.at = ahead.at();
      front.done = how === 'end';
      if (store.getState().catching) wake();
      if (how === 'end') {
        told(source.bytes);
        wake();
        return;
      }
      if (world.now() - toldAt >= PAINT_EVERY) told(Math.min(source.bytes - 1, ahead.offset()));
      if (how !== 'fetch') {
        undoScan = world.later(step);
        return;
      }
      void ahead.fetch().then((result) => {
        if (disposed) return;
        if (result.ok) undoScan = world.later(step);
        else failed(result.error);
      });
    };
    step();
  };

  const open = async (): Promise<void> => {
    const first = await openRecording(source);
    if (disposed) return;
    if (!first.ok) {
      failed(first.error);
      return;
    }
    frames.push(first.value);
    deck = createDeck(source, first.value, { now: world.now, newline: options.newline });
    const end = await lastTime(source);
    set({ phase: 'ready', duration: end });
    scan(first.value);
    wake();
  };

  const seek = (to: number): void => {
    const { duration } = store.getState();
    const clock = Math.min(duration, Math.max(0, to));
    if (deck === null) return;
    const from = frameBefore(frames, clock);
    // Going back always begins from a frame; going forward goes on from where the screen is.
    if (from !== undefined && (deck.at() > clock || clock === 0)) deck.restore(from);
    lastWall = null;
    set({ clock });
    wake();
  };
  const play = (): void => {
    const { clock, duration, scanned, bytes } = store.getState();
    if (clock >= duration && scanned >= bytes && duration > 0) seek(0);
    lastWall = null;
    set({ playing: true });
    wake();
  };
  const pause = (): void => {
    set({ playing: false });
  };

  void open();
  return {
    ...store,
    screen: () => deck?.screen() ?? null,
    onDraw(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    play,
    pause,
    toggle() {
      if (store.getState().playing) pause();
      else play();
    },
    seek,
    by(ms) {
      seek(store.getState().clock + ms);
    },
    marker(direction) {
      const { markers, clock, duration } = store.getState();
      const to = direction === 1 ? nextMarker(markers, clock) : previousMarker(markers, clock);
      seek(to?.at ?? (direction === 1 ? duration : 0));
    },
    faster(by) {
      set({ speed: stepSpeed(store.getState().speed, by) });
    },
    setSpeed(speed) {
      set({ speed });
    },
    setIdleCap(idleCap) {
      set({ idleCap });
    },
    search(needle) {
      const mine = ++searches;
      let turn = world.now();
      return searchRecording(source, frames[0]?.offset ?? 0, needle, async () => {
        if (world.now() - turn >= SCAN_BUDGET) {
          await new Promise<void>((resolve) => {
            world.later(resolve);
          });
          turn = world.now();
        }
        return mine === searches && !disposed;
      });
    },
    dispose() {
      disposed = true;
      undoFrame?.();
      undoScan?.();
      listeners.clear();
    },
  };
}

/** Time of the last event, from the end of the recording; 0 where that tells nothing. */
async function lastTime(source: Source): Promise<number> {
  const tail = 65_536;
  const from = Math.max(Math.floor((source.bytes - 1) / PIECE) * PIECE, source.bytes - tail);
  const read = await source.read(Math.max(0, from), tail);
  if (!read.ok) return 0;
  const lines = new TextDecoder().decode(read.value).split('\n').slice(1);
  return lines.reduce((last, line) => Math.max(last, parseEvent(line)?.at ?? 0), 0);
}
