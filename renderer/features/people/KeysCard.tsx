/** The keys this desk could sign with, and what the trust file says of each. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { keyId, whereWords } from '../requests/keyRows.ts';
import { rolesText } from './trustModel.ts';

export function KeysCard(): ReactElement {
  const app = useApp();
  const keys = useValue(app.keys);
  return (
    <section className="card">
      <SectionTitle aside={<Button onPress={() => void app.keys.refresh()}>{t('people.look-again')}</Button>}>
        {t('people.keys')}
      </SectionTitle>
      {keys.failure !== null && <FailureNote failure={keys.failure} />}
      {keys.value === null && keys.failure === null && <Loading />}
      {keys.value?.length === 0 && <p className="dim">{t('people.keys.none')}</p>}
      {keys.value !== null && keys.value.length > 0 && (
        <div className="matrix" tabIndex={0} role="region" aria-label={t('people.keys')}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('people.key')}</th>
                <th scope="col">{t('people.where')}</th>
                <th scope="col">{t('people.listed')}</th>
              </tr>
            </thead>
            <tbody>
              {keys.value.map((key) => (
                <tr key={keyId(key.source)}>
                  <td>
                    <span className="mono">{key.keyType}</span> <Fingerprint value={key.fingerprint} />{' '}
                    <span className="dim">{key.comment}</span>
                  </td>
                  <td>
                    {whereWords(key.source)}{' '}
                    {key.encrypted && <span className="chip chip--quiet">{t('people.encrypted')}</span>}
                  </td>
                  <td>
                    {key.listed.length === 0 ? (
                      <span className="dim">{t('people.listed.nobody')}</span>
                    ) : (
                      <ul>
                        {key.listed.map((each) => (
                          <li key={each.principal}>
                            {t('people.listed.line', { principal: each.principal, roles: rolesText(each) })}
                          </li>
                        ))}
                      </ul>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
