/** The journal as a list that can be searched. A record opens to the whole of it. */
import { useDeferredValue, useMemo, useRef, useState, type ReactElement } from 'react';
import type { JournalRecord } from '../../../electron/contract/records.ts';
import { useCommand } from '../../app/commands.ts';
import { timeOf } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useRoving } from '../../ui/useRoving.ts';
import { factsOf, findRecords, wholeRecord } from './journalModel.ts';

/** Rows that are added at a time: a page stays quick however long the journal is. */
const ROWS = 300;

export function JournalTab({ records }: { readonly records: readonly JournalRecord[] }): ReactElement {
  const [query, setQuery] = useState('');
  const [limit, setLimit] = useState(ROWS);
  const [open, setOpen] = useState<number | null>(null);
  const wanted = useDeferredValue(query);
  const found = useMemo(() => findRecords(records, wanted), [records, wanted]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [entry, setEntry] = useState(0);
  const onKeyDown = useRoving(list, setEntry);
  useCommand('find', () => {
    input.current?.focus();
    input.current?.select();
  });
  const rows = found.slice(0, limit);
  return (
    <section className="journal" data-region tabIndex={-1} aria-label={t('bundle.tab.journal')}>
      <div className="journal__find" role="search">
        <input
          ref={input}
          className="field__input"
          aria-label={t('journal.find')}
          placeholder={t('journal.find')}
          value={query}
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.target.value);
            setLimit(ROWS);
            setEntry(0);
          }}
        />
        <span className="dim tnum" role="status">
          {found.length === 0
            ? t('journal.none')
            : t('journal.count', { shown: found.length, n: records.length })}
        </span>
      </div>
      <ul className="journal__list" ref={list} onKeyDown={onKeyDown} aria-label={t('journal.list')}>
        {rows.map((record, index) => (
          <li key={record._seq}>
            <button
              type="button"
              data-item
              className="journal__row"
              tabIndex={index === entry ? 0 : -1}
              aria-expanded={open === record._seq}
              onClick={() => {
                setOpen(open === record._seq ? null : record._seq);
                setEntry(index);
              }}
            >
              <span className="tnum mono dim">{record._seq}</span>
              <span className="tnum mono">{timeOf(record.t)}</span>
              <b className="mono">{record.type}</b>
              <span className="journal__facts">
                {factsOf(record).map((fact) => (
                  <span key={fact.name}>
                    <i>{fact.name}</i> <bdi>{fact.value}</bdi>
                  </span>
                ))}
              </span>
            </button>
            {open === record._seq && (
              <pre
                className="block journal__whole"
                tabIndex={0}
                aria-label={`${record.type} ${String(record._seq)}`}
              >
                {wholeRecord(record)}
              </pre>
            )}
          </li>
        ))}
        {found.length > limit && (
          <li className="journal__more">
            <Button
              onPress={() => {
                setLimit(limit + ROWS);
              }}
            >
              {t('journal.more', { n: Math.min(ROWS, found.length - limit) })}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}
