/** The recordings of a bundle: a list beside the player of the chosen one. */
import { useCallback, useMemo, useRef, useState, type ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { Empty } from '../../ui/bits.tsx';
import { useRoving } from '../../ui/useRoving.ts';
import { PlayerView } from '../player/PlayerView.tsx';
import { markerName, recordingsOf } from './recordings.ts';
import { bundleSource } from './source.ts';

export function RecordingsTab(props: {
  readonly bundle: BundleView;
  readonly state: RunState | null;
  /** The one to begin with. */
  readonly first: string | null;
}): ReactElement {
  const { bundle, state } = props;
  const { client } = useApp();
  const rows = useMemo(() => recordingsOf(bundle, state), [bundle, state]);
  const [path, setPath] = useState(props.first ?? rows[0]?.path ?? null);
  const row = rows.find((each) => each.path === path);
  const file = bundle.files.find((each) => each.path === path);
  const source = useMemo(
    () => (file === undefined ? null : bundleSource(client, bundle.id, file)),
    [client, bundle.id, file],
  );
  const nameOf = useCallback((marker: string) => markerName(state, marker), [state]);
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    setPath(rows[index]?.path ?? null);
  });
  if (row === undefined || source === null) {
    return (
      <Empty title={t('player.none')}>
        <p>{t('player.none.text')}</p>
      </Empty>
    );
  }
  return (
    <PlayerView key={row.path} source={source} name={row.title} newline={row.newline} nameOf={nameOf}>
      <section className="tapes" data-region tabIndex={-1} aria-label={t('player.recordings')}>
        <ul ref={list} onKeyDown={onKeyDown}>
          {rows.map((each) => (
            <li key={each.path}>
              <button
                type="button"
                data-item
                {...(each.path === path ? { 'data-autofocus': '' } : {})}
                className="split__row"
                tabIndex={each.path === path ? 0 : -1}
                aria-current={each.path === path}
                title={each.path}
                onClick={() => {
                  setPath(each.path);
                }}
              >
                <span className="split__name">{each.title}</span>
                <span className="tnum dim">{size(each.bytes)}</span>
                <span className="split__aside dim">{each.aside}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </PlayerView>
  );
}
