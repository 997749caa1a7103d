/** The reference pages: what the documents say of jobs, intervals, lifetimes, tasks and contacts, to search and to read. */
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { searchReference, type ReferenceHit } from '../../../electron/domain/reference/lookUp.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { findInList } from '../library/findInList.ts';
import { ReferenceEntryPane } from './ReferenceEntryPane.tsx';

export function ReferenceView(props: {
  readonly page: string | null;
  readonly entry: string | null;
}): ReactElement {
  const app = useApp();
  const { value: pages, failure } = useValue(app.reference);
  const [query, setQuery] = useState('');
  useEffect(() => {
    void app.reference.refresh();
  }, [app]);
  const hits = useMemo(() => searchReference(pages ?? [], query), [pages, query]);
  const selected =
    hits.find((hit) => hit.page.id === props.page && hit.entry.id === props.entry) ??
    hits.find((hit) => hit.page.id === props.page) ??
    hits[0];
  useCommand('find', findInList);
  if (pages === null && failure !== null) {
    return (
      <main className="page">
        <FailureNote failure={failure} />
      </main>
    );
  }
  if (pages?.length === 0) {
    return (
      <main className="page page--center">
        <Empty title={t('reference.empty')} />
      </main>
    );
  }
  return (
    <main className="library">
      <section className="list" data-region aria-label={t('place.reference')} tabIndex={-1}>
        <header className="list__head">
          <h2>{t('place.reference')}</h2>
          <span className="list__count" role="status">
            {pages !== null && t('reference.count', { n: hits.length })}
          </span>
          <div className="library__filter">
            <Field
              label={t('reference.search')}
              value={query}
              onChange={setQuery}
              placeholder={t('reference.search.hint')}
            />
          </div>
        </header>
        {/* What is typed while the pages are read must not be lost: the field is there before them. */}
        {pages !== null && <Hits hits={hits} selected={selected} />}
      </section>
      {selected === undefined ? (
        <section className="reader reader--empty">
          {pages === null ? <Loading /> : <Empty title={t('reference.none')} />}
        </section>
      ) : (
        <ReferenceEntryPane key={`${selected.page.id} ${selected.entry.id}`} hit={selected} />
      )}
    </main>
  );
}

function Hits(props: {
  readonly hits: readonly ReferenceHit[];
  readonly selected: ReferenceHit | undefined;
}): ReactElement {
  const { hits, selected } = props;
  const list = useRef<HTMLUListElement>(null);
  const show = ({ page, entry }: ReferenceHit): void => {
    go({ place: 'reference', page: page.id, entry: entry.id }, 'replace');
  };
  const onKeyDown = useRoving(list, (index) => {
    const hit = hits[index];
    if (hit !== undefined) show(hit);
  });
  useArrivalFocus(list, '[data-autofocus]');
  return (
    <ul className="list__rows" ref={list} onKeyDown={onKeyDown}>
      {hits.map((hit, index) => {
        const on = hit === selected;
        return (
          <li
            key={`${hit.page.id} ${hit.entry.id}`}
            className={index > 0 && hits[index - 1]?.page !== hit.page ? 'list__first' : undefined}
          >
            <button
              type="button"
              data-item
              {...(on ? { 'data-autofocus': '' } : {})}
              tabIndex={on ? 0 : -1}
              aria-current={on}
              className="list__row"
              onClick={() => {
                show(hit);
              }}
            >
              <span className="list__title">{hit.entry.title}</span>
              {hit.entry.number !== undefined && (
                <span className="list__aside dim tnum">{t('reference.number', { n: hit.entry.number })}</span>
              )}
              <span className="list__facts">
                <span>{hit.page.title}</span>
                {hit.entry.section !== undefined && <span>{hit.entry.section}</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
