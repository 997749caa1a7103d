/** Who the operator is, how the page looks, and what this desk can do. Saved as it is changed. */
import { useState, type ReactElement } from 'react';
import type { Settings } from '../../../electron/contract/settings.ts';
import type { DeskInfo } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { isTimeZone, localClock, zoneOrLocal } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Choice, Field, Radios } from '../../ui/fields.tsx';
import { useNow } from '../../ui/useNow.ts';
import { CapabilitiesCard } from './CapabilitiesCard.tsx';
import { principalShape } from './operator.ts';
import { SshCard } from './SshCard.tsx';

export function SettingsView(): ReactElement {
  const app = useApp();
  const settings = useValue(app.settings);
  const desk = useValue(app.desk);
  return (
    <main className="page" data-region tabIndex={-1} aria-label={t('place.settings')}>
      <div className="page__column">
        <h1 className="page__title">{t('place.settings')}</h1>
        {settings.failure !== null && <FailureNote failure={settings.failure} />}
        {settings.value === null ? <Loading /> : <SettingsForm saved={settings.value} />}
        <CapabilitiesCard />
        {desk.value !== null && <DeskFacts desk={desk.value} />}
      </div>
    </main>
  );
}

function SettingsForm({ saved }: { readonly saved: Settings }): ReactElement {
  const app = useApp();
  const [draft, setDraft] = useState(saved);
  const [failure, setFailure] = useState<Failure | null>(null);
  const badPrincipal = draft.operatorPrincipal !== '' && !principalShape.test(draft.operatorPrincipal);
  const badZone = draft.timeZone !== '' && !isTimeZone(draft.timeZone);
  const save = (change: Partial<Settings>): void => {
    void app.client.call('desk.update-settings', change).then((result) => {
      if (result.ok) app.settings.put(result.value);
      setFailure(result.ok ? null : result.error);
    });
  };
  const dirty =
    draft.operatorName !== saved.operatorName ||
    draft.operatorPrincipal !== saved.operatorPrincipal ||
    draft.timeZone !== saved.timeZone ||
    draft.agentSocket !== saved.agentSocket ||
    JSON.stringify(draft.operatorKey) !== JSON.stringify(saved.operatorKey);
  return (
    <>
      <section className="card">
        <SectionTitle>{t('settings.operator')}</SectionTitle>
        <p className="dim">{t('settings.operator.text')}</p>
        <div className="grid2">
          <Field
            label={t('settings.name')}
            value={draft.operatorName}
            maxLength={100}
            onChange={(operatorName) => {
              setDraft({ ...draft, operatorName });
            }}
          />
          <Field
            label={t('settings.principal')}
            mono
            value={draft.operatorPrincipal}
            maxLength={200}
            help={t('settings.principal.help')}
            error={badPrincipal ? t('settings.principal.bad') : undefined}
            onChange={(operatorPrincipal) => {
              setDraft({ ...draft, operatorPrincipal });
            }}
          />
        </div>
        <OperatorKey
          value={draft.operatorKey}
          onChange={(operatorKey) => {
            setDraft({ ...draft, operatorKey });
          }}
        />
      </section>
      <section className="card">
        <SectionTitle>{t('settings.look')}</SectionTitle>
        <Radios
          label={t('settings.theme')}
          inline
          value={saved.theme}
          options={[
            { id: 'system', title: t('theme.system') },
            { id: 'dark', title: t('theme.dark') },
            { id: 'light', title: t('theme.light') },
          ]}
          onChange={(id) => {
            save({ theme: id === 'dark' || id === 'light' ? id : 'system' });
          }}
        />
        <div className="grid2">
          <Field
            label={t('settings.zone')}
            value={draft.timeZone}
            placeholder={zoneOrLocal('')}
            help={<ZoneHelp zone={draft.timeZone} />}
            error={badZone ? t('settings.zone.bad') : undefined}
            onChange={(timeZone) => {
              setDraft({ ...draft, timeZone });
            }}
          />
          <Choice
            label={t('settings.font')}
            value={String(saved.terminalFontSize)}
            options={[12, 13, 14, 15, 16, 18, 20, 24].map((n) => ({
              id: String(n),
              title: t('settings.px', { n }),
            }))}
            onChange={(id) => {
              save({ terminalFontSize: Number(id) });
            }}
          />
        </div>
      </section>
      <SshCard
        saved={saved}
        draft={draft}
        onSave={save}
        onDraft={(change) => {
          setDraft({ ...draft, ...change });
        }}
      />
      {failure !== null && <FailureNote failure={failure} />}
      <div className="page__actions">
        <span className="dim" role="status">
          {t(dirty ? 'settings.unsaved' : 'settings.saved')}
        </span>
        <Button
          disabled={!dirty}
          onPress={() => {
            setDraft(saved);
          }}
        >
          {t('settings.undo')}
        </Button>
        <Button
          look="primary"
          disabled={!dirty || badPrincipal || badZone}
          onPress={() => {
            const { operatorName, operatorPrincipal, operatorKey, timeZone, agentSocket } = draft;
            save({
              operatorName: operatorName.trim(),
              operatorPrincipal: operatorPrincipal.trim(),
              operatorKey,
              timeZone,
              agentSocket,
            });
          }}
        >
          {t('settings.save')}
        </Button>
      </div>
    </>
  );
}

function ZoneHelp({ zone }: { readonly zone: string }): ReactElement {
  const now = useNow();
  return <>{t('settings.zone.help', { clock: localClock(new Date(now), zoneOrLocal(zone)) })}</>;
}

function OperatorKey(props: {
  readonly value: Settings['operatorKey'];
  readonly onChange: (value: Settings['operatorKey']) => void;
}): ReactElement {
  const { value, onChange } = props;
  return (
    <div className="stack">
      <Radios
        label={t('settings.key')}
        value={value.kind}
        options={[
          { id: 'app', title: t('settings.key.app') },
          { id: 'file', title: t('settings.key.file') },
          { id: 'agent', title: t('settings.key.agent') },
        ]}
        onChange={(id) => {
          if (id === 'file') onChange({ kind: 'file', path: '' });
          else if (id === 'agent') onChange({ kind: 'agent', fingerprint: '' });
          else onChange({ kind: 'app' });
        }}
      />
      {value.kind === 'file' && (
        <Field
          label={t('settings.key.path')}
          mono
          value={value.path}
          onChange={(path) => {
            onChange({ kind: 'file', path });
          }}
        />
      )}
      {value.kind === 'agent' && (
        <Field
          label={t('settings.key.fingerprint')}
          mono
          value={value.fingerprint}
          placeholder="SHA256:"
          onChange={(fingerprint) => {
            onChange({ kind: 'agent', fingerprint });
          }}
        />
      )}
    </div>
  );
}

function DeskFacts({ desk }: { readonly desk: DeskInfo }): ReactElement {
  return (
    <section className="card">
      <SectionTitle>{t('settings.desk')}</SectionTitle>
      <dl className="defs defs--wide">
        <dt>{t('desk.version')}</dt>
        <dd className="mono">
          {t('desk.version.value', { version: desk.version, build: desk.build, platform: desk.platform })}
        </dd>
        <dt>{t('desk.home')}</dt>
        <dd className="mono">{desk.home}</dd>
        <dt>{t('desk.device')}</dt>
        <dd>
          <span className="mono">{desk.device.principal}</span>
          <span className="dim mono">{desk.device.fingerprint}</span>
          <span className="dim">{t('desk.protection', { kind: desk.device.protection })}</span>
        </dd>
      </dl>
      <ul className="caps">
        {desk.capabilities.map((each) => (
          <li key={each.id}>
            <b className={each.ok ? 'cap cap--ok' : 'cap'}>{t(each.ok ? 'desk.can' : 'desk.cannot')}</b>
            {each.text}
          </li>
        ))}
      </ul>
    </section>
  );
}
