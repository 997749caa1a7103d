/** What narrows the list of the library: the words looked for, kind, service, risk, what is due, what cannot run yet. */
import { useId, useState, type ReactElement } from 'react';
import { risks, runbookKinds } from '../../../electron/contract/runbook.ts';
import { riskWords, runbookKindWords } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { Choice, Field, Tick } from '../../ui/fields.tsx';
import { everything, narrowings, type Filter } from './libraryModel.ts';

const ALL = 'all';

export function LibraryFilters(props: {
  readonly filter: Filter;
  readonly services: readonly string[];
  readonly onFilter: (filter: Filter) => void;
}): ReactElement {
  const { filter, onFilter } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const set = narrowings(filter);
  return (
    <>
      <div className="library__filter">
        <Field
          label={t('library.filter')}
          value={filter.text}
          onChange={(text) => {
            onFilter({ ...filter, text });
          }}
          placeholder={t('library.filter.hint')}
        />
      </div>
      <div className="library__filters">
        <Disclosure
          id={id}
          title={t('library.filters', { n: set })}
          open={open || set > 0}
          onToggle={setOpen}
        >
          <div className="library__choices">
            <Choice
              label={t('library.by.kind')}
              value={filter.kind ?? ALL}
              options={[
                { id: ALL, title: t('library.any') },
                ...runbookKinds.map((kind) => ({ id: kind, title: t(runbookKindWords[kind]) })),
              ]}
              onChange={(kind) => {
                onFilter({
                  ...filter,
                  kind: kind === ALL ? null : (runbookKinds.find((k) => k === kind) ?? null),
                });
              }}
            />
            <Choice
              label={t('library.by.service')}
              value={filter.service ?? ALL}
              options={[
                { id: ALL, title: t('library.any') },
                ...props.services.map((service) => ({ id: service, title: service })),
              ]}
              onChange={(service) => {
                onFilter({ ...filter, service: service === ALL ? null : service });
              }}
            />
            <Choice
              label={t('library.by.risk')}
              value={filter.risk ?? ALL}
              options={[
                { id: ALL, title: t('library.any') },
                ...risks.map((risk) => ({ id: risk, title: t(riskWords[risk]) })),
              ]}
              onChange={(risk) => {
                onFilter({ ...filter, risk: risk === ALL ? null : (risks.find((r) => r === risk) ?? null) });
              }}
            />
          </div>
          <div className="library__ticks">
            <Tick
              on={filter.notYet}
              onChange={(notYet) => {
                onFilter({ ...filter, notYet });
              }}
            >
              {t('library.by.not-yet')}
            </Tick>
            <Tick
              on={filter.due}
              onChange={(due) => {
                onFilter({ ...filter, due });
              }}
            >
              {t('library.by.due')}
            </Tick>
            {set > 0 && (
              <Button
                look="bare"
                onPress={() => {
                  onFilter({ ...everything, text: filter.text });
                }}
              >
                {t('library.by.none')}
              </Button>
            )}
          </div>
        </Disclosure>
      </div>
    </>
  );
}
