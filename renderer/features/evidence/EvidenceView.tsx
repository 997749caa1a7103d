/** Evidence: the list of runs on the left, one run's verdict, picture and files on the right. */
import { useRef, type ReactElement } from 'react';
import type { RunSummary } from '../../../electron/contract/views.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { utcDay, utcTime } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { EvidencePane } from './EvidencePane.tsx';

export function EvidenceView({ runId }: { readonly runId: RunId | null }): ReactElement {
  const runs = useValue(useApp().runs);
  if (runs.value === null) {
    return (
      <main className="page">
        {runs.failure === null ? <Loading /> : <FailureNote failure={runs.failure} />}
      </main>
    );
  }
  if (runs.value.length === 0) {
    return (
      <main className="page page--center">
        <Empty
          title={t('evidence.empty')}
          actions={
            <Button
              look="primary"
              onPress={() => {
                go({ place: 'library', id: null });
              }}
            >
              {t('run.empty.go')}
            </Button>
          }
        >
          <p>{t('evidence.empty.text')}</p>
        </Empty>
      </main>
    );
  }
  const sorted = [...runs.value].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const selected = sorted.find((run) => run.runId === runId) ?? (runId === null ? sorted[0] : undefined);
  return (
    <main className="library">
      <RunList runs={sorted} selected={selected?.runId ?? null} />
      {selected === undefined ? (
        <section className="reader reader--empty">
          <Empty title={t('evidence.not-found')} />
        </section>
      ) : (
        <EvidencePane key={`${selected.runId}:${selected.status}`} run={selected} />
      )}
    </main>
  );
}

function RunList({
  runs,
  selected,
}: {
  readonly runs: readonly RunSummary[];
  readonly selected: RunId | null;
}): ReactElement {
  const show = (run: RunSummary | undefined): void => {
    if (run !== undefined) go({ place: 'evidence', runId: run.runId }, 'replace');
  };
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    show(runs[index]);
  });
  useArrivalFocus(list, '[data-autofocus]');
  return (
    <section className="list" data-region tabIndex={-1} aria-label={t('evidence.runs')}>
      <header className="list__head">
        <h2>{t('evidence.runs')}</h2>
        <span className="list__count">{t('evidence.count', { n: runs.length })}</span>
        <Button
          className="list__open"
          keys="Alt+O"
          onPress={() => {
            go({ place: 'bundle', id: null });
          }}
        >
          {t('bundle.open')}
        </Button>
      </header>
      <ul className="list__rows" ref={list} onKeyDown={onKeyDown}>
        {runs.map((run) => (
          <li key={run.runId}>
            <button
              type="button"
              data-item
              {...(run.runId === selected ? { 'data-autofocus': '' } : {})}
              tabIndex={run.runId === selected ? 0 : -1}
              aria-current={run.runId === selected}
              className="list__row"
              onClick={() => {
                show(run);
              }}
            >
              <span className="list__title">{run.title}</span>
              <span className={`list__aside result result--${run.result ?? run.status}`}>
                {statusWord(run)}
              </span>
              <span className="list__facts">
                <span>{utcDay(new Date(run.startedAt))}</span>
                <span className="tnum">{t('time.utc', { time: utcTime(new Date(run.startedAt)) })}</span>
                <span>{t('steps.done', { done: run.stepsDone, steps: run.steps })}</span>
              </span>
              <span className="list__last">
                {run.rehearsal && <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>}{' '}
                {run.operator} {run.sealBlocked === true && <b className="warn">{t('block.not-sealed')}</b>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function statusWord(run: RunSummary): string {
  if (run.result !== undefined) return t(resultWords[run.result]);
  switch (run.status) {
    case 'open':
      return t('run.open');
    case 'interrupted':
      return t('run.interrupted');
    case 'locked':
      return t('run.locked');
    case 'ended':
      return t('run.ended');
  }
}
