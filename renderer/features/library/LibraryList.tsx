/** The list of the library: one line of facts a runbook, arrow keys and J/K move, Enter goes to the document. */
import { useRef, type ReactElement } from 'react';
import type { Failure } from '../../../electron/contract/result.ts';
import type { RunSummary } from '../../../electron/contract/views.ts';
import { resultWords, runbookKindWords } from '../../format/describe.ts';
import { utcDay, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { formatRoute } from '../../app/router.ts';
import { FailureNote, RiskPill } from '../../ui/bits.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { ReleaseMark } from '../packages/ReleaseMark.tsx';
import { LibraryFilters } from './LibraryFilters.tsx';
import type { Filter, NotYet, Row } from './libraryModel.ts';

export function LibraryList(props: {
  readonly rows: readonly Row[];
  readonly selected: string | null;
  readonly filter: Filter;
  readonly services: readonly string[];
  readonly onFilter: (filter: Filter) => void;
  readonly onSelect: (row: Row) => void;
  readonly onDocument: (file: File) => void;
  /** The runbooks are being looked through for errors. */
  readonly checking: boolean;
  /** Why a document was refused. */
  readonly failure: Failure | null;
}): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, (index) => {
    const row = props.rows[index];
    if (row !== undefined) props.onSelect(row);
  });
  useArrivalFocus(list, '[data-autofocus]');
  return (
    <section className="list" data-region aria-label={t('library.title')} tabIndex={-1}>
      <header className="list__head">
        <h2>{t('library.title')}</h2>
        <span className="list__count">
          {t('library.count', { n: props.rows.filter((r) => r.kind === 'runbook').length })}
        </span>
        <LibraryFilters filter={props.filter} services={props.services} onFilter={props.onFilter} />
        <div className="library__more">
          <a href={formatRoute({ place: 'reference', page: null, entry: null })}>{t('place.reference')}</a>
          <a href={formatRoute({ place: 'packages' })}>{t('place.packages')}</a>
          <span className="library__open">
            <FileButton
              accept={['.md', '.markdown', '.txt', 'text/markdown']}
              keys="Alt+U"
              onFile={props.onDocument}
            >
              {t('document.open')}
            </FileButton>
          </span>
        </div>
        {props.checking && (
          <p className="library__more dim" role="status">
            {t('library.checking')}
          </p>
        )}
        {props.failure !== null && <FailureNote failure={props.failure} />}
      </header>
      <ul className="list__rows" ref={list} onKeyDown={onKeyDown}>
        {props.rows.map((row, index) => {
          const on = row.key === props.selected;
          return (
            <li key={row.key} className={sectionStart(props.rows, index) ? 'list__first' : undefined}>
              <button
                type="button"
                data-item
                {...(on ? { 'data-autofocus': '' } : {})}
                tabIndex={on || (props.selected === null && index === 0) ? 0 : -1}
                aria-current={on}
                className={`list__row list__row--${row.kind}`}
                onClick={() => {
                  props.onSelect(row);
                }}
              >
                <RowBody row={row} />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function sectionStart(rows: readonly Row[], index: number): boolean {
  return index > 0 && rows[index]?.kind !== rows[index - 1]?.kind;
}

function RowBody({ row }: { readonly row: Row }): ReactElement {
  switch (row.kind) {
    case 'run':
      return (
        <>
          <span className="list__title">{row.run.title}</span>
          <span className="list__aside chip chip--hold">
            {t(row.run.status === 'interrupted' ? 'run.interrupted' : 'run.open')}
          </span>
          <span className="list__facts">
            {row.run.rehearsal && <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>}
            <span>{utcDay(new Date(row.run.startedAt))}</span>
            <span>{t('steps.done', { done: row.run.stepsDone, steps: row.run.steps })}</span>
            <b>{t(row.run.status === 'interrupted' ? 'resume' : 'open-run')}</b>
          </span>
        </>
      );
    case 'runbook':
      return (
        <>
          <span className="list__title">{row.runbook.title}</span>
          <span className="list__aside">
            <RiskPill risk={row.runbook.highestRisk} />
          </span>
          <span className="list__facts">
            <span>{t(runbookKindWords[row.runbook.kind])}</span>
            <span>{row.runbook.service}</span>
            <span>{t('steps.count', { n: row.runbook.steps })}</span>
            <span>{wordSpan(row.runbook.plannedMs)}</span>
          </span>
          <span className="list__last">
            {lastRun(row.runbook.lastRun)}
            {row.due?.isDue === true && <span className="warn">{t('library.due')}</span>}
            {notYetWords(row.notYet) !== null && <span className="warn">{notYetWords(row.notYet)}</span>}
            <ReleaseMark release={row.runbook.release} />
          </span>
        </>
      );
    case 'document':
      return (
        <>
          <span className="list__title">{row.document.runbook.title}</span>
          <span className="list__aside chip chip--hold">{t('document.read-only')}</span>
          <span className="list__facts">
            <span className="mono">{row.document.file}</span>
            <span>{t('document.findings', { n: row.document.findings.length })}</span>
          </span>
        </>
      );
    case 'broken':
      return (
        <>
          <span className="list__title mono">{row.file.file.split('/').at(-1)}</span>
          <span className="list__aside list__warn">
            <Icon name="warning" />
          </span>
          <span className="list__facts">
            <span>{t('library.problems', { n: row.file.diagnostics.length })}</span>
          </span>
        </>
      );
  }
}

/** Why it cannot be started in production yet; null when nothing is known against it. */
function notYetWords({ vendorOpen, errors }: NotYet): string | null {
  if (errors > 0) return t('library.not-yet.errors', { n: errors });
  return vendorOpen > 0 ? t('library.not-yet.vendor', { n: vendorOpen }) : null;
}

function lastRun(run: RunSummary | undefined): string {
  if (run === undefined) return t('library.never-run');
  const day = utcDay(new Date(run.startedAt));
  if (run.result === undefined) return t('library.last-open', { day });
  return t(run.rehearsal ? 'library.last-rehearsal' : 'library.last-run', {
    day,
    result: t(resultWords[run.result]),
  });
}
