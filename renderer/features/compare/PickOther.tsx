/** Chooses the run to compare with: another open bundle, or a sealed run of this desk, of the same runbook. */
import { useRef, type ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';

interface Offer {
  readonly key: string;
  readonly title: string;
  readonly aside: string;
  readonly open: () => Promise<BundleView | null>;
}

export function PickOther({ left }: { readonly left: BundleView }): ReactElement {
  const { bundles, runs } = useApp();
  const state = useValue(bundles);
  const known = useValue(runs).value ?? [];
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, () => undefined);
  useArrivalFocus(list, '[data-item]');
  const runbook = left.snapshot?.plan.runbook.id;
  const own = left.snapshot?.plan.runId;
  const opened = state.opened.filter(
    (each) => each.id !== left.id && each.snapshot?.plan.runbook.id === runbook && runbook !== undefined,
  );
  const here = new Set([own, ...opened.map((each) => each.snapshot?.plan.runId)]);
  const offers: readonly Offer[] = [
    ...opened.map((each) => ({
      key: each.id,
      title: each.snapshot === undefined ? visible(each.name) : stamp(each.snapshot.plan.createdAt),
      aside: visible(each.name),
      open: () => Promise.resolve(each),
    })),
    ...known
      .filter((run) => run.runbook === runbook && run.status === 'ended' && !here.has(run.runId))
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
      .slice(0, 100)
      .map((run) => ({
        key: run.runId,
        title: stamp(run.startedAt),
        aside: `${run.result === undefined ? '' : t(resultWords[run.result])} · ${run.operator}`,
        open: () => bundles.openRun(run.runId),
      })),
  ];
  const choose = (offer: Offer): void => {
    void offer.open().then((right) => {
      if (right !== null) go({ place: 'compare', left: left.id, right: right.id }, 'replace');
    });
  };
  if (offers.length === 0) {
    return (
      <main className="page page--center" data-region tabIndex={-1} aria-label={t('compare.title')}>
        <Empty
          title={t('compare.nothing')}
          actions={
            <Button
              look="primary"
              onPress={() => {
                go({ place: 'bundle', id: null });
              }}
            >
              {t('bundle.open')}
            </Button>
          }
        >
          <p>{t('compare.nothing.text')}</p>
        </Empty>
      </main>
    );
  }
  return (
    <main className="page" data-region tabIndex={-1} aria-label={t('compare.title')}>
      <div className="page__column">
        <h1 className="page__title">{t('compare.title')}</h1>
        <p className="lead">
          {visible(left.snapshot?.runbook.title ?? left.name)}
          {left.snapshot !== undefined && `, ${stamp(left.snapshot.plan.createdAt)}`}. {t('compare.text')}
        </p>
        {state.failure !== null && <FailureNote failure={state.failure} />}
        {state.arriving !== null && <Loading />}
        <ul className="cards" ref={list} onKeyDown={onKeyDown} aria-label={t('compare.with')}>
          {offers.map((offer, index) => (
            <li key={offer.key}>
              <button
                type="button"
                data-item
                className="card pick"
                tabIndex={index === 0 ? 0 : -1}
                onClick={() => {
                  choose(offer);
                }}
              >
                <b>{offer.title}</b>
                <span className="dim">{offer.aside}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
