/** The run place: the run that is open, or the list of those that can be opened. */
import { useEffect, type ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import { go } from '../../app/router.ts';
import { utcDay } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { RunView } from './RunView.tsx';

export function RunPlace({ runId }: { readonly runId: RunId | null }): ReactElement {
  const app = useApp();
  const { run, failure } = useValue(app.run);
  const { opened } = useValue(app.connection);
  useEffect(() => {
    if (runId !== null && opened > 0) void app.run.open(runId);
  }, [app, runId, opened]);
  if (runId === null) return <OpenRuns />;
  if (run?.runId === runId) return <RunView run={run} />;
  return (
    <main className="page">
      {failure === null ? (
        <Loading />
      ) : (
        <FailureNote failure={failure}>
          <Button onPress={() => void app.run.reopen()}>{t('retry-load')}</Button>
          <Button
            onPress={() => {
              go({ place: 'run', runId: null });
            }}
          >
            {t('run.others')}
          </Button>
        </FailureNote>
      )}
    </main>
  );
}

function OpenRuns(): ReactElement {
  const runs = useValue(useApp().runs);
  const open = (runs.value ?? []).filter((run) => run.status !== 'ended');
  if (open.length === 0) {
    return (
      <main className="page page--center" data-region tabIndex={-1} aria-label={t('place.run')}>
        <Empty
          title={t('run.empty')}
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
          <p>{t('run.empty.text')}</p>
        </Empty>
      </main>
    );
  }
  return (
    <main className="page" data-region tabIndex={-1} aria-label={t('place.run')}>
      <div className="page__column">
        <h1 className="page__title">{t('run.pick')}</h1>
        <ul className="cards">
          {open.map((run) => (
            <li key={run.runId} className="card card--row">
              <div>
                <b>{run.title}</b>
                <p className="meta">
                  <span>{utcDay(new Date(run.startedAt))}</span>
                  <span>{t('steps.done', { done: run.stepsDone, steps: run.steps })}</span>
                  <span>{run.operator}</span>
                  <span>
                    {t(
                      run.status === 'locked'
                        ? 'run.locked'
                        : run.status === 'open'
                          ? 'run.open'
                          : 'run.interrupted',
                    )}
                  </span>
                </p>
              </div>
              <span className={run.rehearsal ? 'chip chip--rehearsal' : 'chip chip--prod'}>
                {t(run.rehearsal ? 'env.rehearsal' : 'env.prod')}
              </span>
              <Button
                onPress={() => {
                  go({ place: 'run', runId: run.runId });
                }}
              >
                {t(run.status === 'interrupted' ? 'resume' : 'open-run')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
