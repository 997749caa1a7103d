/** What is to go wrong in this rehearsal. Part of the rehearsal host, never of a real one. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Toggle } from '../../ui/fields.tsx';

export function FaultSwitches(): ReactElement {
  const app = useApp();
  const faults = useValue(app.faults);
  const set = (id: string, on: boolean): void => {
    void app.client.call('rehearsal.set-fault', { id, on }).then((result) => {
      if (result.ok) app.faults.put(result.value);
      else app.notices.add(result.error);
    });
  };
  const on = faults.value?.filter((each) => each.on).length ?? 0;
  return (
    <section className="card card--rehearsal">
      <SectionTitle aside={t('faults.on', { n: on })}>{t('faults.title')}</SectionTitle>
      <p className="dim">{t('faults.text')}</p>
      {faults.failure !== null && <FailureNote failure={faults.failure} />}
      <div className="switches">
        {(faults.value ?? []).map((fault) => (
          <Toggle
            key={fault.id}
            on={fault.on}
            onChange={(next) => {
              set(fault.id, next);
            }}
          >
            {fault.title}
          </Toggle>
        ))}
      </div>
    </section>
  );
}
