/** The places of the app, always on the left. */
import type { ReactElement } from 'react';
import type { RunId } from '../../electron/contract/ids.ts';
import { t, type MessageKey } from '../i18n/t.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { formatRoute, type Route } from './router.ts';

interface Place {
  readonly route: Route;
  readonly icon: IconName;
  readonly label: MessageKey;
  readonly keys: string;
}

export function Rail(props: {
  readonly place: Route['place'];
  readonly runId: RunId | null;
  readonly onHelp: () => void;
}): ReactElement {
  const places: readonly Place[] = [
    { route: { place: 'run', runId: props.runId }, icon: 'run', label: 'place.run', keys: 'Alt+1' },
    { route: { place: 'library', id: null }, icon: 'library', label: 'place.library', keys: 'Alt+2' },
    { route: { place: 'evidence', runId: null }, icon: 'evidence', label: 'place.evidence', keys: 'Alt+3' },
  ];
  const settings: Place = {
    route: { place: 'settings' },
    icon: 'settings',
    label: 'place.settings',
    keys: 'Alt+4',
  };
  const active = props.place === 'start' ? 'library' : props.place;
  return (
    <nav className="rail" aria-label={t('rail')} data-region tabIndex={-1}>
      <div className="rail__mark">
        <Icon name="mark" />
      </div>
      {places.map((place) => (
        <PlaceLink key={place.icon} place={place} on={place.route.place === active} />
      ))}
      <span className="rail__space" />
      <button
        type="button"
        className="rail__place"
        onClick={props.onHelp}
        aria-label={t('help.open')}
        title={t('rail.tip', { place: t('help.open'), keys: 'F1' })}
      >
        <Icon name="help" />
      </button>
      <PlaceLink place={settings} on={active === 'settings'} />
    </nav>
  );
}

function PlaceLink({ place, on }: { readonly place: Place; readonly on: boolean }): ReactElement {
  const label = t(place.label);
  return (
    <a
      className={on ? 'rail__place rail__place--on' : 'rail__place'}
      href={formatRoute(place.route)}
      aria-label={label}
      aria-current={on ? 'page' : undefined}
      title={t('rail.tip', { place: label, keys: place.keys })}
      tabIndex={0}
    >
      <Icon name={place.icon} />
    </a>
  );
}
