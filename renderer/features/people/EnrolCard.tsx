/** Enrols a key: who, for what, with which key; then everything that is handed to the security team. */
import { useState, type ReactElement } from 'react';
import type { Enrolment, KeyOnDesk, SigningRole } from '../../../electron/contract/people.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field, Radios, Tick } from '../../ui/fields.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { keyId, keyLine } from '../requests/keyRows.ts';
import { signingRoleWords } from '../requests/statementWords.ts';
import { principalShape } from '../settings/operator.ts';
import { EnrolDialog } from './EnrolDialog.tsx';
import { EnrolResult } from './EnrolResult.tsx';

/** What a person can be enrolled for; the seal and the ledger are the desk's own. */
const offered = [
  'operator',
  'approve',
  'review',
  'verifier',
  'owner',
  'witness',
  'custodian',
  'release',
] as const satisfies readonly SigningRole[];

export function EnrolCard(props: { readonly principal: string }): ReactElement {
  const keys = useValue(useApp().keys);
  const [principal, setPrincipal] = useState(props.principal);
  const [roles, setRoles] = useState<readonly SigningRole[]>(['operator']);
  const [chosen, setChosen] = useState('');
  const [asking, setAsking] = useState<KeyOnDesk | null>(null);
  const [made, setMade] = useState<Enrolment | null>(null);
  const bad = principal !== '' && !principalShape.test(principal.trim());
  const key = keys.value?.find((each) => keyId(each.source) === chosen);
  const why =
    principal.trim() === '' || bad
      ? t('settings.principal.bad')
      : roles.length === 0
        ? t('enrol.roles.none')
        : key === undefined
          ? t(keys.value?.length === 0 ? 'enrol.key.none' : 'enrol.key.missing')
          : '';
  return (
    <section className="card">
      <SectionTitle>{t('enrol.title')}</SectionTitle>
      <p className="dim">{t('enrol.text')}</p>
      {made !== null ? (
        <EnrolResult
          made={made}
          onAgain={() => {
            setMade(null);
          }}
        />
      ) : (
        <>
          <div className="grid2">
            <Field
              label={t('enrol.principal')}
              mono
              value={principal}
              maxLength={200}
              help={t('settings.principal.help')}
              error={bad ? t('settings.principal.bad') : undefined}
              onChange={setPrincipal}
            />
            <fieldset className="ticks">
              <legend className="field__label">{t('enrol.roles')}</legend>
              {offered.map((role) => (
                <Tick
                  key={role}
                  on={roles.includes(role)}
                  onChange={(on) => {
                    setRoles(offered.filter((each) => (each === role ? on : roles.includes(each))));
                  }}
                >
                  {t(signingRoleWords[role])}
                </Tick>
              ))}
              <p className="field__help">{t('enrol.roles.help')}</p>
            </fieldset>
          </div>
          {keys.value !== null && keys.value.length > 0 && (
            <Radios
              label={t('enrol.key')}
              value={chosen}
              options={keys.value.map((each) => ({
                id: keyId(each.source),
                title: keyLine(each),
                note: <Fingerprint value={each.fingerprint} />,
              }))}
              onChange={setChosen}
            />
          )}
          <p className="request__act">
            <Button
              disabled={why !== ''}
              onPress={() => {
                setAsking(key ?? null);
              }}
            >
              {t('enrol.go')}
            </Button>
            <span className="why-not" role="status">
              {why}
            </span>
          </p>
        </>
      )}
      {asking !== null && (
        <EnrolDialog
          principal={principal.trim()}
          roles={roles}
          owner={asking}
          onMade={setMade}
          onClose={() => {
            setAsking(null);
          }}
        />
      )}
    </section>
  );
}
