/** Markers and search of a recording: both lead to a time. */
import { memo, useRef, useState, type KeyboardEvent, type ReactElement, type RefObject } from 'react';
import type { Failure } from '../../../electron/contract/result.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { useRoving } from '../../ui/useRoving.ts';
import type { Player } from './player.ts';
import type { Marker } from './playhead.ts';
import { MAX_MATCHES, type SearchResult } from './search.ts';
import { position } from './position.ts';

/** Markers in the list; the keys reach the others. */
const MAX_SHOWN = 1000;

export function FindPanel(props: {
  readonly player: Player;
  readonly markers: readonly Marker[];
  readonly clock: number;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly nameOf: (marker: string) => string;
}): ReactElement {
  const { player, inputRef } = props;
  const [asked, setAsked] = useState('');
  const [needle, setNeedle] = useState('');
  const [found, setFound] = useState<SearchResult | null>(null);
  const [at, setAt] = useState(0);
  const [looking, setLooking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const goTo = (result: SearchResult, index: number): void => {
    const match = result.matches[index];
    if (match === undefined) return;
    setAt(index);
    player.pause();
    player.seek(match.at);
  };
  const find = async (text: string): Promise<void> => {
    setAsked(text);
    setFound(null);
    setFailure(null);
    if (text === '') return;
    setLooking(true);
    const result = await player.search(text);
    setLooking(false);
    if (!result.ok) {
      setFailure(result.error);
      return;
    }
    setFound(result.value);
    goTo(result.value, 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      setNeedle('');
      void find('');
    }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (needle !== asked || found === null) {
      void find(needle);
      return;
    }
    const n = found.matches.length;
    if (n > 0) goTo(found, (at + (event.shiftKey ? n - 1 : 1)) % n);
  };

  return (
    <div className="finder">
      <div role="search">
        <input
          ref={inputRef}
          className="field__input"
          aria-label={t('player.find')}
          placeholder={t('player.find')}
          value={needle}
          spellCheck={false}
          maxLength={200}
          onChange={(event) => {
            setNeedle(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <p className="dim" role="status">
          {looking
            ? t('player.finding')
            : found === null
              ? t('player.find.keys')
              : t(found.more ? 'player.found.more' : 'player.found', {
                  n: found.more ? MAX_MATCHES : found.matches.length,
                })}
        </p>
      </div>
      {failure !== null && <FailureNote failure={failure} />}
      {found !== null && found.matches.length > 0 ? (
        <Times
          label={t('player.found.list')}
          rows={found.matches.map((match) => ({ at: match.at, before: match.before, text: match.text }))}
          on={at}
          onPick={(index) => {
            goTo(found, index);
          }}
        />
      ) : (
        <>
          <h2 className="finder__title">{t('player.markers')}</h2>
          {props.markers.length === 0 && <p className="dim">{t('player.no-markers')}</p>}
          <Markers
            player={player}
            markers={props.markers}
            on={props.markers.findLastIndex((marker) => marker.at <= props.clock)}
            nameOf={props.nameOf}
          />
        </>
      )}
    </div>
  );
}

/** Drawn anew when there are more of them or another one is reached, not at each tick of the clock. */
const Markers = memo(function Markers(props: {
  readonly player: Player;
  readonly markers: readonly Marker[];
  readonly on: number;
  readonly nameOf: (marker: string) => string;
}): ReactElement {
  const { player, markers } = props;
  return (
    <Times
      label={t('player.markers')}
      rows={markers
        .slice(0, MAX_SHOWN)
        .map((marker) => ({ at: marker.at, before: '', text: props.nameOf(marker.label) }))}
      on={props.on}
      onPick={(index) => {
        player.seek(markers[index]?.at ?? 0);
      }}
    />
  );
});

function Times(props: {
  readonly label: string;
  readonly rows: readonly { readonly at: number; readonly before: string; readonly text: string }[];
  readonly on: number;
  readonly onPick: (index: number) => void;
}): ReactElement | null {
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, props.onPick);
  if (props.rows.length === 0) return null;
  const entry = Math.max(0, props.on);
  return (
    <ul className="finder__list" aria-label={props.label} ref={list} onKeyDown={onKeyDown}>
      {props.rows.map((row, index) => (
        <li key={index}>
          <button
            type="button"
            data-item
            className="finder__row"
            tabIndex={index === entry ? 0 : -1}
            aria-current={index === props.on ? 'true' : undefined}
            onClick={() => {
              props.onPick(index);
            }}
          >
            <span className="tnum">{position(row.at)}</span>
            <span className="finder__text">
              {visible(row.before)}
              <b>{visible(row.text)}</b>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
