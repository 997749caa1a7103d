/** The list of the library: one line of facts a runbook, arrow keys and J/K move, Enter goes to the document. */
import { useRef, type ReactElement } from 'react';
import type { BrokenRunbook, RunbookSummary, RunSummary } from '../../../electron/contract/views.ts';
import { resultWords, runbookKindWords } from '../../format/describe.ts';
import { utcDay, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { RiskPill } from '../../ui/bits.tsx';
import { Field } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';

export type Row =
  | { readonly kind: 'run'; readonly key: string; readonly run: RunSummary }
  | { readonly kind: 'runbook'; readonly key: string; readonly runbook: RunbookSummary }
  | { readonly kind: 'broken'; readonly key: string; readonly file: BrokenRunbook };

export function LibraryList(props: {
  readonly rows: readonly Row[];
  readonly selected: string | null;
  readonly filter: string;
  readonly onFilter: (text: string) => void;
  readonly onSelect: (row: Row) => void;
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
        <div className="library__filter">
          <Field
            label={t('library.filter')}
            value={props.filter}
            onChange={props.onFilter}
            placeholder={t('library.filter.hint')}
          />
        </div>
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
          <span className="list__last">{lastRun(row.runbook.lastRun)}</span>
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

function lastRun(run: RunSummary | undefined): string {
  if (run === undefined) return t('library.never-run');
  const day = utcDay(new Date(run.startedAt));
  if (run.result === undefined) return t('library.last-open', { day });
  return t(run.rehearsal ? 'library.last-rehearsal' : 'library.last-run', {
    day,
    result: t(resultWords[run.result]),
  });
}
