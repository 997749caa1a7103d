/** Why this is done, what it means for security, how to get back, and when it may be done: what approvers and auditors ask. */
import type { ReactElement } from 'react';
import { zoneOrLocal } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Field, Toggle } from '../../ui/fields.tsx';
import type { StartFields } from './request.ts';
import { besideUtc } from './window.ts';

export function ChangeCard(props: {
  readonly fields: StartFields;
  readonly errorOf: (field: string) => string | undefined;
  readonly onEdit: (field: string, next: StartFields) => void;
}): ReactElement {
  const { fields, errorOf, onEdit } = props;
  const text = (
    key: 'ticket' | 'reason' | 'securityImpact' | 'fallback',
    label: string,
    long: boolean,
    help?: string,
  ): ReactElement => (
    <Field
      label={label}
      value={fields[key]}
      maxLength={key === 'ticket' ? 200 : 4000}
      multiline={long}
      error={errorOf(`change.${key}`)}
      {...(help === undefined ? {} : { help })}
      onChange={(value) => {
        onEdit(`change.${key}`, { ...fields, [key]: value });
      }}
    />
  );
  return (
    <section className="card">
      <SectionTitle>{t('start.change')}</SectionTitle>
      <div className="grid2">
        {text('ticket', t('start.ticket'), false)}
        {text('reason', t('start.reason'), false)}
        {text('securityImpact', t('start.impact'), true, t('start.impact.help'))}
        {text('fallback', t('start.fallback'), true, t('start.fallback.help'))}
      </div>
      <Toggle
        on={fields.window.on}
        onChange={(on) => {
          onEdit('window', { ...fields, window: { ...fields.window, on } });
        }}
      >
        {t('start.window.on')}
      </Toggle>
      {fields.window.on && <WindowFieldsRow {...props} />}
    </section>
  );
}

function WindowFieldsRow(props: {
  readonly fields: StartFields;
  readonly errorOf: (field: string) => string | undefined;
  readonly onEdit: (field: string, next: StartFields) => void;
}): ReactElement {
  const { fields, errorOf, onEdit } = props;
  const zone = zoneOrLocal(useValue(useApp().settings).value?.timeZone ?? '');
  const edge = (key: 'from' | 'to', label: string): ReactElement => (
    <Field
      label={label}
      mono
      value={fields.window[key]}
      placeholder="2026-11-22 02:00"
      maxLength={16}
      error={errorOf(`window.${key}`)}
      help={besideUtc(fields.window[key], zone) || t('start.window.help')}
      onChange={(value) => {
        onEdit(`window.${key}`, { ...fields, window: { ...fields.window, [key]: value } });
      }}
    />
  );
  return (
    <div className="grid2">
      {edge('from', t('start.window.from'))}
      {edge('to', t('start.window.to'))}
    </div>
  );
}
