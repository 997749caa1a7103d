/** One recording with its controls. The keys work anywhere in the player but in its text field. */
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { usePlainKeys } from '../../ui/usePlainKeys.ts';
import { FindPanel } from './FindPanel.tsx';
import { createPlayer, type Player, type PlayerState } from './player.ts';
import { idleCaps, markerAt, speeds } from './playhead.ts';
import type { Source } from './reel.ts';
import { ScreenView } from './ScreenView.tsx';
import { SeekBar } from './SeekBar.tsx';
import { position } from './position.ts';

export interface PlayerViewProps {
  readonly source: Source;
  readonly name: string;
  readonly newline: boolean;
  /** A marker in words. */
  readonly nameOf: (marker: string) => string;
  /** Stands over the markers and the search. */
  readonly children: ReactNode;
}

/** Another source is another player. */
export function PlayerView(props: PlayerViewProps): ReactElement {
  const { source, newline } = props;
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const opened = createPlayer({ source, newline });
    // A player holds timers and reads ahead: it can only be made where it is also let go.
    setPlayer(opened);
    return () => {
      opened.dispose();
    };
  }, [source, newline]);
  return player === null ? <Loading /> : <Played {...props} player={player} />;
}

function Played(props: PlayerViewProps & { readonly player: Player }): ReactElement {
  const { player } = props;
  const input = useRef<HTMLInputElement>(null);
  useCommand('find', () => {
    input.current?.focus();
    input.current?.select();
  });
  usePlainKeys((event) => playerKey(event, player, input.current));
  const state = useValue(player);
  const marker = markerAt(state.markers, state.clock);
  const markerName = marker === null ? null : props.nameOf(marker.label);
  return (
    <div className="player">
      <div className="player__side">
        {props.children}
        <FindPanel
          player={player}
          markers={state.markers}
          clock={state.clock}
          inputRef={input}
          nameOf={props.nameOf}
        />
      </div>
      <section className="player__main" data-region tabIndex={-1} aria-label={t('player.region')}>
        {state.failure !== null && <FailureNote failure={state.failure} />}
        {state.phase === 'opening' && <Loading />}
        <ScreenView player={player} label={t('player.screen', { name: props.name })} />
        <SeekBar
          clock={state.clock}
          duration={state.duration}
          markers={state.markers}
          marker={markerName}
          onSeek={(at) => {
            player.seek(at);
          }}
        />
        <Controls player={player} state={state} />
        <p className="player__notes dim" role="status">
          <Notes state={state} />
        </p>
      </section>
    </div>
  );
}

/** False when the key is none of the player's, or belongs to the thing that has the focus. */
function playerKey(event: KeyboardEvent, player: Player, input: HTMLInputElement | null): boolean {
  const within = (selector: string): boolean =>
    event.target instanceof Element && event.target.closest(selector) !== null;
  const small = event.shiftKey ? 1000 : 5000;
  switch (event.key) {
    case ' ':
      if (within('button, a')) return false;
      player.toggle();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      if (within('[role=tablist]')) return false;
      player.by(event.key === 'ArrowLeft' ? -small : small);
      return true;
    case 'Home':
    case 'End':
      if (within('[data-item], [role=tablist]')) return false;
      player.seek(event.key === 'Home' ? 0 : Infinity);
      return true;
    case '[':
    case ']':
      player.marker(event.key === '[' ? -1 : 1);
      return true;
    case '-':
    case '+':
    case '=':
      player.faster(event.key === '-' ? -1 : 1);
      return true;
    case '/':
      input?.focus();
      return true;
    default:
      return false;
  }
}

function Controls({ player, state }: { readonly player: Player; readonly state: PlayerState }): ReactElement {
  return (
    <div className="player__controls">
      <Button
        look="primary"
        onPress={() => {
          player.toggle();
        }}
        disabled={state.phase !== 'ready'}
        className="player__toggle"
      >
        {t(state.playing ? 'player.pause' : 'player.play')}
        <kbd aria-hidden="true">Space</kbd>
      </Button>
      <Button
        label={t('player.previous-marker')}
        onPress={() => {
          player.marker(-1);
        }}
      >
        ⇤<kbd aria-hidden="true">[</kbd>
      </Button>
      <Button
        label={t('player.next-marker')}
        onPress={() => {
          player.marker(1);
        }}
      >
        ⇥<kbd aria-hidden="true">]</kbd>
      </Button>
      <span className="player__time tnum">
        {t('player.position.value', { at: position(state.clock), of: position(state.duration) })}
      </span>
      <span className="player__space" />
      <label>
        {t('player.speed')}
        <select
          className="player__select"
          value={state.speed}
          onChange={(event) => {
            player.setSpeed(Number(event.target.value));
          }}
        >
          {speeds.map((speed) => (
            <option key={speed} value={speed}>
              {t('player.times', { n: speed })}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('player.idle')}
        <select
          className="player__select"
          value={state.idleCap ?? 'all'}
          onChange={(event) => {
            player.setIdleCap(event.target.value === 'all' ? null : Number(event.target.value));
          }}
        >
          {idleCaps.map((cap) => (
            <option key={cap ?? 'all'} value={cap ?? 'all'}>
              {cap === null ? t('player.idle.all') : t('player.idle.cap', { n: cap / 1000 })}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Notes({ state }: { readonly state: PlayerState }): ReactElement {
  const percent = state.bytes === 0 ? 100 : Math.floor((state.scanned / state.bytes) * 100);
  const notes = [
    state.catching ? t('player.busy') : '',
    state.scanned < state.bytes ? t('player.scanning', { percent }) : '',
    state.skipped > 0 ? t('player.skipped', { span: position(state.skipped) }) : '',
    t('player.dropped', { n: state.dropped }),
    t('player.bad', { n: state.bad }),
  ].filter((note) => note !== '');
  return <>{notes.join(' · ')}</>;
}
