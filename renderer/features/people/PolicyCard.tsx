/** What this site demands of runs. Each choice is saved as it is made; a change counts for plans made from then on. */
import { useState, type ReactElement } from 'react';
import type { Settings } from '../../../electron/contract/settings.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Choice, Field, Radios, Toggle } from '../../ui/fields.tsx';
import { hoursText, policyWith, requestHourChoices } from './policyModel.ts';

const counts = [0, 1, 2, 3, 4, 5] as const;

export function PolicyCard({ saved }: { readonly saved: Settings }): ReactElement {
  const app = useApp();
  const { policy } = saved;
  const [tsaUrl, setTsaUrl] = useState(saved.tsaUrl);
  const [failure, setFailure] = useState<Failure | null>(null);
  const badUrl = tsaUrl.trim() !== '' && !/^https?:\/\/[^\s]+$/.test(tsaUrl.trim());
  const save = (change: Partial<Settings>): void => {
    void app.client.call('desk.update-settings', change).then((result) => {
      if (result.ok) app.settings.put(result.value);
      setFailure(result.ok ? null : result.error);
    });
  };
  const set = (change: Parameters<typeof policyWith>[1]): void => {
    save({ policy: policyWith(policy, change) });
  };
  const numbers = counts.map((n) => ({
    id: String(n),
    title: n === 0 ? t('policy.none') : t('policy.n', { n }),
  }));
  return (
    <section className="card">
      <SectionTitle>{t('policy.title')}</SectionTitle>
      <p className="dim">{t('policy.text')}</p>
      {failure !== null && <FailureNote failure={failure} />}
      <div className="grid2">
        <Choice
          label={t('policy.approvals.label')}
          value={String(policy.approvals ?? 0)}
          options={numbers}
          onChange={(id) => {
            set({ approvals: Number(id) });
          }}
        />
        <Choice
          label={t('policy.reviews.label')}
          value={String(policy.reviews ?? 0)}
          options={numbers}
          onChange={(id) => {
            set({ reviews: Number(id) });
          }}
        />
        <Choice
          label={t('policy.hours.label')}
          value={String(saved.requestHours)}
          options={requestHourChoices(saved.requestHours).map((n) => ({
            id: String(n),
            title: hoursText(n),
          }))}
          onChange={(id) => {
            save({ requestHours: Number(id) });
          }}
        />
      </div>
      <Radios
        label={t('policy.holds.label')}
        inline
        value={policy.holds ?? 'named'}
        options={[
          { id: 'named', title: t('policy.holds.by-name') },
          { id: 'signed', title: t('policy.holds.by-key') },
        ]}
        onChange={(id) => {
          set({ holds: id === 'signed' ? 'signed' : undefined });
        }}
      />
      <Toggle
        on={policy.timestamp === 'required'}
        onChange={(on) => {
          set({ timestamp: on ? 'required' : undefined });
        }}
      >
        {t('policy.timestamp.label')}
      </Toggle>
      <Toggle
        on={policy.anchors === 'logger'}
        onChange={(on) => {
          set({ anchors: on ? 'logger' : undefined });
        }}
      >
        {t('policy.anchors.label')}
      </Toggle>
      <Toggle
        on={policy.runbooks === 'signed'}
        onChange={(on) => {
          set({ runbooks: on ? 'signed' : undefined });
        }}
      >
        {t('policy.runbooks.label')}
      </Toggle>
      <Toggle
        on={saved.policyInRehearsals}
        onChange={(policyInRehearsals) => {
          save({ policyInRehearsals });
        }}
      >
        {t('policy.rehearsals.label')}
      </Toggle>
      <div className="with-button">
        <Field
          label={t('policy.tsa.label')}
          mono
          value={tsaUrl}
          maxLength={1024}
          placeholder="https://tsa.example.com/tsr"
          help={t('policy.tsa.help')}
          error={badUrl ? t('policy.tsa.bad') : undefined}
          onChange={setTsaUrl}
        />
        <Button
          disabled={badUrl || tsaUrl.trim() === saved.tsaUrl}
          onPress={() => {
            save({ tsaUrl: tsaUrl.trim() });
          }}
        >
          {t('settings.save')}
        </Button>
      </div>
    </section>
  );
}
