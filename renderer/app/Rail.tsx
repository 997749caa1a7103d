/** The places of the app, always on the left. */
import type { ReactElement } from 'react';
import type { RunId } from '../../electron/contract/ids.ts';
import { t, type MessageKey } from '../i18n/t.ts';
import { useApp, useValue } from '../state/useApp.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { formatRoute, type Route } from './router.ts';

interface Place {
  readonly route: Route;
  readonly icon: IconName;
  readonly label: MessageKey;
  readonly keys: string;
  /** How much waits there. */
  readonly count?: number;
}

export function Rail(props: {
  readonly place: Route['place'];
  readonly runId: RunId | null;
  readonly onHelp: () => void;
}): ReactElement {
  const plans = useValue(useApp().plans);
  const places: readonly Place[] = [
    { route: { place: 'run', runId: props.runId }, icon: 'run', label: 'place.run', keys: 'Alt+1' },
    { route: { place: 'library', id: null }, icon: 'library', label: 'place.library', keys: 'Alt+2' },
    {
      route: { place: 'plans', runId: null },
      icon: 'plans',
      label: 'place.plans',
      keys: 'Alt+5',
      count: plans.value?.length ?? 0,
    },
    { route: { place: 'evidence', runId: null }, icon: 'evidence', label: 'place.evidence', keys: 'Alt+3' },
    { route: { place: 'ledger' }, icon: 'ledger', label: 'place.ledger', keys: 'Alt+6' },
    { route: { place: 'people' }, icon: 'people', label: 'place.people', keys: 'Alt+7' },
  ];
  const settings: Place = {
    route: { place: 'settings' },
    icon: 'settings',
    label: 'place.settings',
    keys: 'Alt+4',
  };
  const active = placeOf[props.place] ?? props.place;
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

/** What belongs to another place of the rail. */
const placeOf: Readonly<Partial<Record<Route['place'], Route['place']>>> = {
  start: 'library',
  bundle: 'evidence',
  compare: 'evidence',
  reference: 'library',
  packages: 'library',
};

function PlaceLink({ place, on }: { readonly place: Place; readonly on: boolean }): ReactElement {
  const waiting = place.count ?? 0;
  const label = waiting === 0 ? t(place.label) : t('rail.waiting', { place: t(place.label), n: waiting });
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
      {waiting > 0 && (
        <span className="rail__count tnum" aria-hidden="true">
          {waiting}
        </span>
      )}
    </a>
  );
}
