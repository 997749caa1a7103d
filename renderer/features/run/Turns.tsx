/** Who of the custodians has had a turn, and how it went. */
import type { ReactElement } from 'react';
import type { CustodiansStep } from '../../../electron/contract/steps.ts';
import type { StepView, Turn } from '../../../electron/domain/run/state.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { custodiansNow } from './custodians.ts';

const turnWords: Readonly<Record<Turn['state'], { readonly mark: string; readonly word: MessageKey }>> = {
  passed: { mark: '✓', word: 'custodians.turn.passed' },
  failed: { mark: '✗', word: 'custodians.turn.failed' },
  unknown: { mark: '△', word: 'custodians.turn.unknown' },
  running: { mark: '●', word: 'custodians.turn.running' },
};

export function Turns({
  view,
  step,
}: {
  readonly view: StepView;
  readonly step: CustodiansStep;
}): ReactElement {
  const turns = view.turns ?? [];
  const { done } = custodiansNow(view, step);
  return (
    <section className="turns" aria-label={t('custodians.turns')}>
      <p>
        <b className="tnum turns__count">{t('custodians.given', { n: done.length, of: step.needs })}</b>{' '}
        {t('custodians.rule', { needs: step.needs, of: step.of })}
      </p>
      {turns.length === 0 ? (
        <p className="dim">{t('custodians.none')}</p>
      ) : (
        <ol className="turns__list">
          {turns.map((turn) => (
            <li key={turn.attempt} className={`is-${turn.state}`}>
              <b aria-hidden="true">{turnWords[turn.state].mark}</b> <span>{visible(turn.name)}</span>{' '}
              <span className="dim">
                {t(turnWords[turn.state].word)}
                {turn.reason !== undefined && ` · ${visible(turn.reason)}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Stands wherever somebody is about to type a share. */
export function NothingKept(): ReactElement {
  return (
    <p className="unkept" role="note">
      <b>{t('custodians.kept')}</b> {t('custodians.kept.text')}
    </p>
  );
}
