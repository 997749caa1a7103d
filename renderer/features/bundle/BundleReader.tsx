/** An open bundle, read only: the verdict always on top, and its parts as tabs. */
import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { stamp } from '../../format/time.ts';
import { size, visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { Empty } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { usePlainKeys } from '../../ui/usePlainKeys.ts';
import { ReportMenu } from '../report/ReportMenu.tsx';
import { FilesTab } from './FilesTab.tsx';
import { Headline } from './Headline.tsx';
import { JournalTab } from './JournalTab.tsx';
import { stateOf } from './recordings.ts';
import { RecordingsTab } from './RecordingsTab.tsx';
import { StoryTab } from './StoryTab.tsx';
import { overallOf } from './verdictModel.ts';
import { VerdictTab } from './VerdictTab.tsx';

const tabs = ['verdict', 'story', 'recordings', 'files', 'journal'] as const;
type Tab = (typeof tabs)[number];
const titles: Readonly<Record<Tab, MessageKey>> = {
  verdict: 'bundle.tab.verdict',
  story: 'bundle.tab.story',
  recordings: 'bundle.tab.recordings',
  files: 'bundle.tab.files',
  journal: 'bundle.tab.journal',
};

export function BundleReader({ bundle }: { readonly bundle: BundleView }): ReactElement {
  const { snapshot } = bundle;
  const { bundles } = useApp();
  const [tab, setTab] = useState<Tab>('verdict');
  const [recording, setRecording] = useState<string | null>(null);
  const state = useMemo(() => (snapshot === undefined ? null : stateOf(snapshot)), [snapshot]);
  const startedAt = state?.startedAt ?? undefined;
  const end = state?.end ?? null;
  const compare = (): void => {
    go({ place: 'compare', left: bundle.id, right: null });
  };
  useCommand('compare', compare, snapshot !== undefined);
  useCommand('open-bundle', () => {
    go({ place: 'bundle', id: null });
  });
  const turn = (to: Tab): void => {
    setTab(to);
    requestAnimationFrame(() => document.getElementById(`bundle-tab-${to}`)?.focus());
  };
  usePlainKeys((event) => {
    const to = tabOf(event);
    if (to !== undefined) turn(to);
    return to !== undefined;
  });
  const main = useRef<HTMLElement>(null);
  useArrivalFocus(main, '[role=tab][aria-selected=true]');
  const play = (path: string): void => {
    setRecording(path);
    setTab('recordings');
  };
  return (
    <main className="bundle" aria-label={t('bundle.place')} ref={main}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{snapshot?.runbook.title ?? visible(bundle.name)}</h1>
          <p className="meta">
            <span className="mono">{visible(bundle.name)}</span>
            <span className="tnum">{size(bundle.bytes)}</span>
            {startedAt !== undefined && <span>{stamp(startedAt)}</span>}
            {state !== null && <span>{visible(state.operator)}</span>}
          </p>
        </div>
        <span className="chip chip--quiet">{t('bundle.read-only')}</span>
        {snapshot?.plan.rehearsal === true && (
          <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>
        )}
        {end !== null && (
          <span className={overallOf(bundle.verdict) === 'holds' ? `result result--${end.result}` : 'result'}>
            {t(resultWords[end.result])}
          </span>
        )}
        {snapshot !== undefined && (
          <>
            <Button keys="Alt+M" onPress={compare}>
              {t('bundle.compare')}
            </Button>
            <ReportMenu of={{ kind: 'bundle', id: bundle.id }} />
          </>
        )}
        <Button
          onPress={() => {
            bundles.close(bundle.id);
            go({ place: 'bundle', id: null }, 'replace');
          }}
        >
          {t('bundle.close')}
        </Button>
      </header>
      <Headline verdict={bundle.verdict} />
      <TabBar tab={tab} onTab={turn} />
      <div
        className={`bundle__part bundle__part--${tab}`}
        role="tabpanel"
        id="bundle-panel"
        aria-labelledby={`bundle-tab-${tab}`}
      >
        {tab === 'verdict' && <VerdictTab bundle={bundle} />}
        {tab === 'files' && <FilesTab bundle={bundle} />}
        {tab === 'recordings' && <RecordingsTab bundle={bundle} state={state} first={recording} />}
        {tab === 'journal' &&
          (snapshot === undefined ? <NoStory /> : <JournalTab records={snapshot.records} />)}
        {tab === 'story' &&
          (snapshot === undefined || state === null ? (
            <NoStory />
          ) : (
            <StoryTab bundle={bundle} snapshot={snapshot} state={state} onPlay={play} />
          ))}
      </div>
    </main>
  );
}

function NoStory(): ReactElement {
  return (
    <Empty title={t('bundle.no-story')}>
      <p>{t('bundle.no-story.text')}</p>
    </Empty>
  );
}

/** The tab that a digit stands for. */
function tabOf(event: globalThis.KeyboardEvent): Tab | undefined {
  return /^[1-9]$/.test(event.key) ? tabs[Number(event.key) - 1] : undefined;
}

function TabBar(props: { readonly tab: Tab; readonly onTab: (tab: Tab) => void }): ReactElement {
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = tabs.indexOf(props.tab);
    const to =
      event.key === 'Home'
        ? tabs[0]
        : event.key === 'End'
          ? tabs.at(-1)
          : by === 0
            ? undefined
            : tabs[(at + by + tabs.length) % tabs.length];
    if (to === undefined) return;
    event.preventDefault();
    props.onTab(to);
  };
  return (
    <div
      className="tabs"
      role="tablist"
      data-region
      tabIndex={-1}
      aria-label={t('bundle.tabs')}
      onKeyDown={onKeyDown}
    >
      {tabs.map((tab, index) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`bundle-tab-${tab}`}
          aria-selected={tab === props.tab}
          aria-controls="bundle-panel"
          tabIndex={tab === props.tab ? 0 : -1}
          {...(tab === props.tab ? { 'data-autofocus': '' } : {})}
          className="tabs__tab"
          onClick={() => {
            props.onTab(tab);
          }}
        >
          {t(titles[tab])}
          <kbd aria-hidden="true">{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
