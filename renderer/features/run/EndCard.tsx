/** After the last step, and after the end: what came of the run, and where its evidence is. */
import { useRef, useState, type ReactElement } from 'react';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { barredWhy } from './barred.ts';
import { elapsedMs } from './model.ts';
import type { Asking } from './RunDialogs.tsx';

const tallied = [
  'passed',
  'attested',
  'held',
  'decided',
  'notified',
  'not-applicable',
  'overridden',
  'skipped',
  'failed',
  'unknown',
] as const;

export function EndCard({
  run,
  onAsk,
}: {
  readonly run: OpenRun;
  readonly onAsk: (asking: Asking) => void;
}): ReactElement {
  const app = useApp();
  const { state } = run;
  const place = useRef<HTMLElement>(null);
  useArrivalFocus(place);
  const [failure, setFailure] = useState<Failure | null>(null);
  const now = useNow();
  const ended = state.end !== null;
  /** Left before it was finished: it is taken up again first. */
  const left = !ended && !run.snapshot.live;
  const barred = ended || left ? null : barredWhy(run);
  const act = (): void => {
    if (ended) {
      go({ place: 'evidence', runId: run.runId });
      return;
    }
    const asked = left ? app.run.resume() : app.run.intent({ kind: 'finish' });
    void asked.then((result) => {
      setFailure(result.ok ? null : result.error);
    });
  };
  useCommand('primary', act);
  const count = (name: (typeof tallied)[number]): number =>
    state.steps.filter((view) => view.status.state === name).length;
  return (
    <article ref={place} className="step step--end" data-region tabIndex={-1} aria-label={t('end.label')}>
      <header className="step__head">
        <h2>{state.end === null ? t('end.all-done') : t(resultWords[state.end.result])}</h2>
        <span className="step__planned">{t('end.elapsed', { span: clockSpan(elapsedMs(state, now)) })}</span>
      </header>
      <div className="step__content" tabIndex={0} role="group" aria-label={t('step.content')}>
        {state.end === null ? (
          <p>{t('end.all-done.text')}</p>
        ) : (
          <p>
            {stamp(state.end.at)} {state.end.reason}
          </p>
        )}
        <dl className="tally">
          {tallied
            .filter((name) => count(name) > 0)
            .map((name) => (
              <div key={name} className={`is-${name}`}>
                <dt>{t(name === 'not-applicable' ? 'state.na' : `state.${name}`)}</dt>
                <dd className="tnum">{count(name)}</dd>
              </div>
            ))}
        </dl>
        {state.deviations.length > 0 && (
          <p className="warn">{t('end.deviations', { n: state.deviations.length })}</p>
        )}
        {state.rollback !== null && (
          <p>
            <a href={`#/run/${state.rollback.runId}`}>{t('end.rollback', { run: state.rollback.runId })}</a>
          </p>
        )}
        {failure !== null && <FailureNote failure={failure} />}
      </div>
      <footer className="step__foot">
        <div className="step__who">
          <span className="why-not">{barred}</span>
        </div>
        <div className="step__acts">
          {!ended && run.snapshot.live && (
            <Button
              look="danger"
              onPress={() => {
                onAsk('abort');
              }}
            >
              {t('abort')}
            </Button>
          )}
          <Button
            look="primary"
            className="button--confirm"
            keys="Alt+Enter"
            disabled={barred !== null}
            onPress={act}
          >
            {t(ended ? 'end.evidence' : left ? 'resume' : 'end.finish')}
          </Button>
        </div>
      </footer>
    </article>
  );
}
