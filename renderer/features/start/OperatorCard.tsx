/** Who runs this. From the settings; asked here when it is not set, because nothing starts without it. */
import { useState, type ReactElement } from 'react';
import type { Settings } from '../../../electron/contract/settings.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { principalShape } from '../settings/operator.ts';

export function OperatorCard({
  settings,
  tried,
}: {
  readonly settings: Settings;
  readonly tried: boolean;
}): ReactElement {
  const set = settings.operatorName !== '' && settings.operatorPrincipal !== '';
  return (
    <section className="card">
      <SectionTitle>{t('settings.operator')}</SectionTitle>
      {set ? (
        <p className="fixed">
          <b>{settings.operatorName}</b>
          <code>{settings.operatorPrincipal}</code>
          <a href="#/settings">{t('start.change-operator')}</a>
        </p>
      ) : (
        <AskOperator settings={settings} tried={tried} />
      )}
    </section>
  );
}

function AskOperator({
  settings,
  tried,
}: {
  readonly settings: Settings;
  readonly tried: boolean;
}): ReactElement {
  const app = useApp();
  const [name, setName] = useState(settings.operatorName);
  const [principal, setPrincipal] = useState(settings.operatorPrincipal);
  const good = name.trim() !== '' && principalShape.test(principal.trim());
  const bad = principal !== '' && !principalShape.test(principal.trim());
  const save = (): void => {
    if (!good) return;
    void app.client
      .call('desk.update-settings', { operatorName: name.trim(), operatorPrincipal: principal.trim() })
      .then((result) => {
        if (result.ok) app.settings.put(result.value);
        else app.notices.add(result.error);
      });
  };
  return (
    <div className="operator">
      <p className="dim">{t('start.operator.text')}</p>
      <div
        className="grid2"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.altKey) save();
        }}
      >
        <Field
          label={t('settings.name')}
          value={name}
          maxLength={100}
          onChange={setName}
          error={tried && name.trim() === '' ? t('start.operator.name-missing') : undefined}
        />
        <Field
          label={t('settings.principal')}
          mono
          value={principal}
          maxLength={200}
          onChange={setPrincipal}
          help={t('settings.principal.help')}
          error={bad || (tried && principal === '') ? t('settings.principal.bad') : undefined}
        />
      </div>
      <Button disabled={!good} onPress={save}>
        {t('start.operator.save')}
      </Button>
    </div>
  );
}
