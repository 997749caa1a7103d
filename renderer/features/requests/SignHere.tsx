/** Signing on this desk: which key, and then a dialog. A key is chosen for nobody unless it is the only one that counts. */
import { useEffect, useState, type ReactElement } from 'react';
import type { KeySource, SigningRole, SignRequest } from '../../../electron/contract/people.ts';
import type { Result } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Radios } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { keyRows, type KeyRow } from './keyRows.ts';
import { SignDialog } from './SignDialog.tsx';
import { signingRoleWords } from './statementWords.ts';

export function SignHere(props: {
  readonly role: SigningRole;
  readonly request: Pick<SignRequest, 'sha256'>;
  readonly barred: string | null;
  readonly onSign: (key: KeySource, passphrase: string | undefined) => Promise<Result<unknown>>;
}): ReactElement {
  const { role, request } = props;
  const app = useApp();
  const keys = useValue(app.keys);
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const armed = useArmed();
  useEffect(() => {
    void app.keys.refresh();
  }, [app]);
  const rows = keyRows(keys.value ?? [], role, props.barred);
  const counting = rows.filter((row) => row.counts);
  const lone = counting.length === 1 ? counting[0]?.id : undefined;
  const row = rows.find((each) => each.id === (chosen ?? lone));
  return (
    <section className="request__way">
      <h3>{t('request.here')}</h3>
      <p className="dim">{t('request.here.text')}</p>
      {keys.failure !== null && <FailureNote failure={keys.failure} />}
      {keys.value === null && keys.failure === null && <Loading />}
      {keys.value?.length === 0 && <p>{t('request.no-keys')}</p>}
      {rows.length > 0 && (
        <Radios
          label={t('request.keys')}
          value={row?.id ?? ''}
          options={rows.map((each) => ({ id: each.id, title: each.line, note: <KeyNote row={each} /> }))}
          onChange={setChosen}
        />
      )}
      {rows.length > 0 && (
        <p className="request__act">
          <Button
            disabled={row === undefined || !armed}
            onPress={() => {
              setAsking(true);
            }}
          >
            {t('request.sign', { role: t(signingRoleWords[role]) })}
          </Button>
          {row === undefined && <span className="why-not">{t('request.choose-key')}</span>}
        </p>
      )}
      {asking && row !== undefined && (
        <SignDialog
          request={request}
          role={role}
          owner={row.key}
          onClose={() => {
            setAsking(false);
          }}
          onSign={(passphrase) => props.onSign(row.key.source, passphrase)}
        />
      )}
    </section>
  );
}

function KeyNote({ row }: { readonly row: KeyRow }): ReactElement {
  return (
    <>
      <Fingerprint value={row.key.fingerprint} /> {row.says}
    </>
  );
}
