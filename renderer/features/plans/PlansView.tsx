/** Plans that wait for approval or for their start: the list on the left, one plan as what will be done on the right. */
import { useEffect, useRef, type ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { PreparedPlan } from '../../../electron/contract/people.ts';
import { go } from '../../app/router.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useNow } from '../../ui/useNow.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { Expiry } from '../requests/RequestPanel.tsx';
import { PlanPane } from './PlanPane.tsx';
import { planRows, standingOf } from './planModel.ts';

export function PlansView({ runId }: { readonly runId: RunId | null }): ReactElement {
  const app = useApp();
  const plans = useValue(app.plans);
  const now = useNow();
  useEffect(() => {
    void app.plans.refresh();
  }, [app]);
  if (plans.value === null) {
    return (
      <main className="page" data-region tabIndex={-1} aria-label={t('place.plans')}>
        {plans.failure === null ? (
          <Loading />
        ) : (
          <FailureNote failure={plans.failure}>
            <Button onPress={() => void app.plans.refresh()}>{t('retry-load')}</Button>
          </FailureNote>
        )}
      </main>
    );
  }
  const rows = planRows(plans.value, now);
  if (rows.length === 0) {
    return (
      <main className="page page--center" data-region tabIndex={-1} aria-label={t('place.plans')}>
        <Empty
          title={t('plans.empty')}
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
          <p>{t('plans.empty.text')}</p>
        </Empty>
      </main>
    );
  }
  const selected = rows.find((plan) => plan.runId === runId) ?? (runId === null ? rows[0] : undefined);
  return (
    <main className="library">
      <PlanList plans={rows} selected={selected?.runId ?? null} />
      {selected === undefined ? (
        <section className="reader reader--empty" data-region tabIndex={-1}>
          <Empty title={t('plans.gone')} />
        </section>
      ) : (
        <PlanPane key={selected.runId} prepared={selected} />
      )}
    </main>
  );
}

function PlanList(props: {
  readonly plans: readonly PreparedPlan[];
  readonly selected: RunId | null;
}): ReactElement {
  const { plans, selected } = props;
  const now = useNow();
  const show = (plan: PreparedPlan | undefined): void => {
    if (plan !== undefined) go({ place: 'plans', runId: plan.runId }, 'replace');
  };
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    show(plans[index]);
  });
  useArrivalFocus(list, '[data-autofocus]');
  return (
    <section className="list" data-region tabIndex={-1} aria-label={t('place.plans')}>
      <header className="list__head">
        <h2>{t('place.plans')}</h2>
        <span className="list__count">{t('plans.count', { n: plans.length })}</span>
      </header>
      <ul className="list__rows" ref={list} onKeyDown={onKeyDown}>
        {plans.map((plan) => {
          const on = plan.runId === selected;
          const standing = standingOf(plan, now);
          return (
            <li key={plan.runId}>
              <button
                type="button"
                data-item
                {...(on ? { 'data-autofocus': '' } : {})}
                tabIndex={on || (selected === null && plan === plans[0]) ? 0 : -1}
                aria-current={on}
                className="list__row"
                onClick={() => {
                  show(plan);
                }}
              >
                <span className="list__title">{plan.title}</span>
                <span className={`list__aside standing standing--${standing}`}>
                  {t(standingWords[standing])}
                </span>
                <span className="list__facts">
                  <span className="tnum">
                    {t('plans.approvals', { n: plan.approvals.length, of: plan.needed })}
                  </span>
                  {plan.ticket !== '' && <span>{plan.ticket}</span>}
                  {standing !== 'expired' && <Expiry at={plan.expiresAt} />}
                </span>
                <span className="list__last">{plan.operator}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export const standingWords = {
  waiting: 'plans.state.waiting',
  approved: 'plans.state.approved',
  expired: 'plans.state.expired',
} as const satisfies Readonly<Record<PreparedPlan['state'], MessageKey>>;
