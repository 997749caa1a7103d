/** A runbook at a glance: what it touches, how long it takes, where the way back ends, what keeps it from running yet. */
import { useMemo, type ReactElement, type ReactNode } from 'react';
import type { LibraryEntry, RunbookSummary } from '../../../electron/contract/views.ts';
import { formatRoute } from '../../app/router.ts';
import { utcDay, wordSpan } from '../../format/time.ts';
import { shortDigest, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { useNow } from '../../ui/useNow.ts';
import { ReleaseWords } from '../packages/ReleaseMark.tsx';
import { noReturns, openSteps, partsOf, undoable } from './glanceModel.ts';
import { pastOf, type Due, type Every, type Past } from './pastModel.ts';

export function Glance(props: {
  readonly entry: LibraryEntry;
  readonly summary: RunbookSummary;
  readonly due: Due | null;
}): ReactElement {
  const { entry, summary } = props;
  const { runbook } = entry;
  const runs = useValue(useApp().runs).value;
  const past = useMemo(() => pastOf(runbook.id, runs ?? []), [runbook.id, runs]);
  const ends = noReturns(runbook);
  const parts = partsOf(runbook);
  const open = openSteps(entry);
  const undo = undoable(runbook);
  return (
    <section className="glance" aria-label={t('glance.title')}>
      <dl>
        <Row name={t('glance.touches')}>
          {runbook.targets.map((target) => target.title).join(', ') || t('glance.touches.none')}
        </Row>
        <Row name={t('glance.takes')}>{takes(summary, past)}</Row>
        <Row name={t('glance.last')}>
          <LastRun past={past} due={props.due} />
        </Row>
        <Row name={t('glance.no-return')}>
          {ends.length === 0
            ? t('glance.no-return.none')
            : ends.map(({ n, step }) => (
                <span key={step.id} className="glance__item">
                  {t('glance.step', { n, title: step.title })}
                </span>
              ))}
        </Row>
        <Row name={t('doc.rollback')}>
          {runbook.rollback === undefined ? (
            t('glance.rollback.none')
          ) : (
            <a href={formatRoute({ place: 'library', id: runbook.rollback })}>{runbook.rollback}</a>
          )}
          {runbook.objectives.rollbackMs !== undefined && (
            <span className={runbook.rollback === undefined ? 'glance__item dim' : 'dim'}>
              {' '}
              {t(runbook.rollback === undefined ? 'glance.rollback.back' : 'glance.rollback.in', {
                span: wordSpan(runbook.objectives.rollbackMs),
              })}
            </span>
          )}
          {undo.of > 0 && (
            <span className="glance__item dim">{t('glance.undo', { n: undo.with, of: undo.of })}</span>
          )}
        </Row>
        {entry.release !== undefined && (
          <Row name={t('release.title')}>
            <ReleaseWords release={entry.release} />
          </Row>
        )}
        {parts.length > 0 && (
          <Row name={t('glance.parts')}>
            {parts.map(({ part, steps }) => (
              <span key={part.call} className="glance__item">
                <a href={formatRoute({ place: 'library', id: part.runbook })}>{part.title}</a>{' '}
                <span className="dim">{t('glance.part', { version: part.version, n: steps })}</span>
              </span>
            ))}
          </Row>
        )}
        {entry.sources.length > 0 && (
          <Row name={t('glance.sources')}>
            {entry.sources.map((source) => (
              <span key={`${source.kind} ${source.id}`} className="glance__item">
                {t(source.kind === 'overlay' ? 'glance.overlay' : 'glance.called', {
                  id: source.id,
                  version: source.version,
                })}{' '}
                <span className="dim mono glance__digest">{shortDigest(source.sha256)}</span>
              </span>
            ))}
          </Row>
        )}
      </dl>
      {open.length > 0 && (
        <div className="vendor vendor--open">
          <p>
            <b>{t('glance.vendor', { n: open.length })}</b> {t('glance.vendor.means')}
          </p>
          <ul className="bullets">
            {open.map(({ n, step }) => (
              <li key={step.id}>
                <a href={`#step-${step.id}`} onClick={toStep(step.id)}>
                  {t('glance.step', { n, title: step.title })}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
      {entry.overlay.length > 0 && <SiteChanges entry={entry} />}
    </section>
  );
}

/** The address of the page is a route: a step is gone to without touching it. */
function toStep(id: string): (event: { preventDefault(): void }) => void {
  return (event) => {
    event.preventDefault();
    document.getElementById(`step-${id}`)?.scrollIntoView({ block: 'start' });
  };
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function takes(summary: RunbookSummary, past: Past): string {
  const planned = t('planned', { span: wordSpan(summary.plannedMs) });
  const { duration } = past;
  if (duration === null) return planned;
  const facts = {
    planned,
    n: duration.of,
    span: wordSpan(duration.ms),
    from: wordSpan(duration.shortest),
    to: wordSpan(duration.longest),
  };
  return t(duration.rehearsal ? 'glance.took.rehearsed' : 'glance.took', facts);
}

function LastRun({ past, due }: { readonly past: Past; readonly due: Due | null }): ReactElement {
  const now = useNow();
  const [last] = past.successes;
  const [rehearsed] = past.rehearsals;
  const ago = (startedAt: string): string => wordSpanLong(now - Date.parse(startedAt));
  return (
    <>
      {last === undefined
        ? t('glance.last.never')
        : t('glance.last.ago', { ago: ago(last.startedAt), day: utcDay(new Date(last.startedAt)) })}
      {rehearsed !== undefined && (
        <span className="glance__item dim">
          {t('glance.rehearsed.ago', { ago: ago(rehearsed.startedAt) })}
        </span>
      )}
      {due !== null && (
        <span className={due.isDue ? 'glance__item warn' : 'glance__item dim'}>
          {due.isDue ? '△ ' : ''}
          {t(due.isDue ? 'glance.due' : 'glance.not-due', { every: everyWords(due.every) })}{' '}
          <a href={formatRoute({ place: 'reference', page: due.page, entry: due.entry.id })}>
            {due.entry.title}
          </a>
        </span>
      )}
    </>
  );
}

function everyWords(every: Every): string {
  return every.unit === 'ms' ? wordSpanLong(every.ms) : t('time.months', { n: every.months });
}

/** `90 days` for times beyond a day, as plans are made in. */
export function wordSpanLong(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return days < 2 ? wordSpan(Math.max(0, ms)) : t('time.days', { n: days });
}

function SiteChanges({ entry }: { readonly entry: LibraryEntry }): ReactElement {
  return (
    <div className="glance__site">
      <h2>{t('glance.site')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('glance.site.what')}</th>
            <th scope="col">{t('glance.site.was')}</th>
            <th scope="col">{t('glance.site.is')}</th>
          </tr>
        </thead>
        <tbody>
          {entry.overlay.map((change) => (
            <tr key={`${change.site} ${change.what} ${change.name}`}>
              <th scope="row">
                {t(change.what === 'parameter' ? 'glance.site.parameter' : 'glance.site.vendor', {
                  name: change.name,
                  site: change.site,
                })}
              </th>
              <td className="mono">{change.was === '' ? t('glance.site.nothing') : visible(change.was)}</td>
              <td className="mono">{visible(change.is)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
