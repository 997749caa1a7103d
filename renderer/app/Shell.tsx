/** The frame round every view: rail, notices, the view, prompts, key map. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { BundlePlace } from '../features/bundle/BundlePlace.tsx';
import { CompareView } from '../features/compare/CompareView.tsx';
import { EvidenceView } from '../features/evidence/EvidenceView.tsx';
import { LedgerView } from '../features/ledger/LedgerView.tsx';
import { LibraryView } from '../features/library/LibraryView.tsx';
import { PaperView } from '../features/library/PaperView.tsx';
import { VersionsView } from '../features/library/VersionsView.tsx';
import { PackagesView } from '../features/packages/PackagesView.tsx';
import { PeopleView } from '../features/people/PeopleView.tsx';
import { PlansView } from '../features/plans/PlansView.tsx';
import { PromptHost } from '../features/prompts/PromptHost.tsx';
import { ReferenceView } from '../features/reference/ReferenceView.tsx';
import { RunPlace } from '../features/run/RunPlace.tsx';
import { SettingsView } from '../features/settings/SettingsView.tsx';
import { StartView } from '../features/start/StartView.tsx';
import { t } from '../i18n/t.ts';
import { useApp, useValue } from '../state/useApp.ts';
import { useCommand, useKeyListener } from './commands.ts';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { KeyHelp } from './KeyHelp.tsx';
import { Notices } from './Notices.tsx';
import { Rail } from './Rail.tsx';
import { cycleRegion } from './regions.ts';
import { go, parseRoute, useHash, type Route } from './router.ts';
import { useTheme } from './useTheme.ts';

export function Shell(): ReactElement {
  const app = useApp();
  const hash = useHash();
  const route = useMemo(() => parseRoute(hash), [hash]);
  const settings = useValue(app.settings);
  const run = useValue(app.run);
  const [help, setHelp] = useState(false);
  useTheme(settings.value?.theme ?? 'system');
  useKeyListener();
  useCommand('help', () => {
    setHelp(true);
  });
  useCommand('next-region', () => {
    cycleRegion(1);
  });
  useCommand('previous-region', () => {
    cycleRegion(-1);
  });
  useCommand('place-run', () => {
    go({ place: 'run', runId: run.wanted });
  });
  useCommand('place-library', () => {
    go({ place: 'library', id: null });
  });
  useCommand('place-evidence', () => {
    go({ place: 'evidence', runId: null });
  });
  useCommand('place-settings', () => {
    go({ place: 'settings' });
  });
  useCommand('open-bundle', () => {
    go({ place: 'bundle', id: null });
  });
  useCommand('place-plans', () => {
    go({ place: 'plans', runId: null });
  });
  useCommand('place-ledger', () => {
    go({ place: 'ledger' });
  });
  useCommand('place-reference', () => {
    go({ place: 'reference', page: null, entry: null });
  });
  useCommand('place-people', () => {
    go({ place: 'people' });
  });
  useCommand('place-packages', () => {
    go({ place: 'packages' });
  });
  const title = titleOf(route);
  useEffect(() => {
    document.title = t('title', { view: title });
  }, [title]);
  return (
    <div className="shell">
      <Rail
        place={route.place}
        runId={run.wanted}
        onHelp={() => {
          setHelp(true);
        }}
      />
      <div className="shell__view">
        <h1 className="sr-only" aria-live="polite">
          {title}
        </h1>
        <ConnectionBanner />
        <Notices />
        <View route={route} />
      </div>
      <PromptHost />
      {help && (
        <KeyHelp
          onClose={() => {
            setHelp(false);
          }}
        />
      )}
    </div>
  );
}

function View({ route }: { readonly route: Route }): ReactElement {
  switch (route.place) {
    case 'library':
      if (route.id !== null && route.view === 'paper') return <PaperView key={route.id} id={route.id} />;
      if (route.id !== null && route.view === 'versions')
        return <VersionsView key={route.id} id={route.id} />;
      return <LibraryView id={route.id} />;
    case 'reference':
      return <ReferenceView page={route.page} entry={route.entry} />;
    case 'start':
      return (
        <StartView
          key={`${route.id}:${String(route.rehearsal)}`}
          id={route.id}
          rehearsal={route.rehearsal}
          origin={route.origin}
        />
      );
    case 'run':
      return <RunPlace runId={route.runId} />;
    case 'evidence':
      return <EvidenceView runId={route.runId} />;
    case 'plans':
      return <PlansView runId={route.runId} />;
    case 'ledger':
      return <LedgerView />;
    case 'people':
      return <PeopleView />;
    case 'packages':
      return <PackagesView />;
    case 'settings':
      return <SettingsView />;
    case 'bundle':
      return <BundlePlace id={route.id} />;
    case 'compare':
      return <CompareView left={route.left} right={route.right} />;
  }
}

function titleOf(route: Route): string {
  switch (route.place) {
    case 'library':
      return t('place.library');
    case 'reference':
      return t('place.reference');
    case 'start':
      return t(route.rehearsal ? 'start.title.rehearsal' : 'start.title');
    case 'run':
      return t('place.run');
    case 'evidence':
      return t('place.evidence');
    case 'plans':
      return t('place.plans');
    case 'ledger':
      return t('place.ledger');
    case 'people':
      return t('place.people');
    case 'packages':
      return t('place.packages');
    case 'settings':
      return t('place.settings');
    case 'bundle':
      return t('bundle.place');
    case 'compare':
      return t('compare.place');
  }
}
