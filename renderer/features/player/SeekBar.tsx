/** Where the player is in its recording: a slider with the markers on it. */
import { useRef, type PointerEvent, type ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import type { Marker } from './playhead.ts';
import { position } from './position.ts';

export function SeekBar(props: {
  readonly clock: number;
  readonly duration: number;
  readonly markers: readonly Marker[];
  readonly marker: string | null;
  readonly onSeek: (at: number) => void;
}): ReactElement {
  const { clock, duration, markers } = props;
  const bar = useRef<HTMLDivElement>(null);
  const share = (at: number): string =>
    `${String(duration === 0 ? 0 : Math.min(100, (at / duration) * 100))}%`;
  const seek = (event: PointerEvent): void => {
    const box = bar.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    props.onSeek(((event.clientX - box.left) / box.width) * duration);
  };
  const values = { at: position(clock), of: position(duration) };
  return (
    <div
      className="seek"
      ref={bar}
      role="slider"
      tabIndex={0}
      data-autofocus
      aria-label={t('player.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration / 1000)}
      aria-valuenow={Math.round(clock / 1000)}
      aria-valuetext={
        props.marker === null
          ? t('player.position.value', values)
          : t('player.position.marker', { ...values, marker: props.marker })
      }
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) seek(event);
      }}
    >
      <span className="seek__track" />
      <span className="seek__done" style={{ width: share(clock) }} />
      {markers.slice(0, 400).map((marker, index) => (
        <span key={index} className="seek__marker" style={{ left: share(marker.at) }} title={marker.label} />
      ))}
      <span className="seek__thumb" style={{ left: share(clock) }} />
    </div>
  );
}
