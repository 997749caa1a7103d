/** Whom this desk trusts, as it was read: a line each with what it is good for, and why not where it is not. */
import { useState, type ReactElement } from 'react';
import type { TrustView } from '../../../electron/contract/people.ts';
import { stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { useNow } from '../../ui/useNow.ts';
import { TrustEditDialog } from './TrustEditDialog.tsx';
import { rolesText, signerState, validText } from './trustModel.ts';

export function TrustCard(): ReactElement {
  const app = useApp();
  const trust = useValue(app.trust);
  const [editing, setEditing] = useState(false);
  return (
    <section className="card">
      <SectionTitle
        aside={trust.value === null ? undefined : t('people.signers', { n: trust.value.signers.length })}
      >
        {t('people.trust')}
      </SectionTitle>
      <p className="dim">{t('people.trust.text')}</p>
      {trust.failure !== null && (
        <FailureNote failure={trust.failure}>
          <Button onPress={() => void app.trust.refresh()}>{t('retry-load')}</Button>
        </FailureNote>
      )}
      {trust.value === null ? (
        trust.failure === null && <Loading />
      ) : (
        <>
          <Signers trust={trust.value} />
          <Authorities trust={trust.value} />
          <p>
            <Button
              look={trust.value.signers.length === 0 ? 'primary' : 'quiet'}
              onPress={() => {
                setEditing(true);
              }}
            >
              {t('people.edit')}
            </Button>
          </p>
          {editing && (
            <TrustEditDialog
              trust={trust.value}
              onClose={() => {
                setEditing(false);
              }}
            />
          )}
        </>
      )}
    </section>
  );
}

function Signers({ trust }: { readonly trust: TrustView }): ReactElement {
  const now = useNow();
  if (trust.signers.length === 0) return <p className="lead">{t('people.trust.empty')}</p>;
  return (
    <div className="matrix" tabIndex={0} role="region" aria-label={t('people.trust')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('people.line')}</th>
            <th scope="col">{t('people.principals')}</th>
            <th scope="col">{t('people.roles')}</th>
            <th scope="col">{t('people.key')}</th>
            <th scope="col">{t('people.valid')}</th>
            <th scope="col">{t('people.state')}</th>
          </tr>
        </thead>
        <tbody>
          {trust.signers.map((signer) => {
            const state = signerState(signer, now);
            return (
              <tr key={signer.line}>
                <td className="tnum">{signer.line}</td>
                <td className="mono">{signer.principals.join(', ')}</td>
                <td>{rolesText(signer)}</td>
                <td>
                  <span className="mono">{signer.keyType}</span> <Fingerprint value={signer.fingerprint} />
                </td>
                <td>{validText(signer)}</td>
                <td className={`state ${state.tone}`}>{state.text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Authorities({ trust }: { readonly trust: TrustView }): ReactElement {
  const now = useNow();
  return (
    <dl className="defs">
      <dt>{t('people.authorities')}</dt>
      <dd>
        {trust.authorities.length === 0 ? (
          <span className="dim">{t('people.authorities.none')}</span>
        ) : (
          <ul>
            {trust.authorities.map((each) => (
              <li key={each.sha256}>
                {t('people.authority', { subject: each.subject, at: stamp(each.notAfter) })}{' '}
                {Date.parse(each.notAfter) <= now && <b className="bad">{t('people.expired')}</b>}{' '}
                <code className="dim">{each.sha256}</code>
              </li>
            ))}
          </ul>
        )}
      </dd>
    </dl>
  );
}
