/** Signing where the key is: the statement goes out as file or QR code, the signature comes back as text or file. */
import { useState, type ReactElement } from 'react';
import type { SignRequest } from '../../../electron/contract/people.ts';
import type { Failure, Result } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { CopyButton, FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { QrCode } from '../../ui/QrCode.tsx';
import { readText, saveText } from '../../ui/save.ts';
import { looksLikeArmor } from './statementWords.ts';

const longestArmor = 20_000;

export function SignElsewhere(props: {
  readonly request: Pick<SignRequest, 'name' | 'text' | 'command'>;
  /** Takes the signature in; what was typed stays while it is not right. */
  readonly onTake: (armor: string) => Promise<Result<unknown>>;
}): ReactElement {
  const { request } = props;
  const [armor, setArmor] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const malformed = armor.trim() !== '' && !looksLikeArmor(armor);
  const take = (): void => {
    setBusy(true);
    setFailure(null);
    void props.onTake(`${armor.trim()}\n`).then((result) => {
      setBusy(false);
      if (result.ok) setArmor('');
      else setFailure(result.error);
    });
  };
  const load = (file: File): void => {
    void readText(file, longestArmor).then((read) => {
      setFailure(read.ok ? null : read.error);
      if (read.ok) setArmor(read.value);
    });
  };
  return (
    <section className="request__way">
      <h3>{t('request.elsewhere')}</h3>
      <p className="dim">{t('request.elsewhere.text')}</p>
      <div className="request__out">
        <QrCode text={request.text} label={t('request.qr')} />
        <div className="stack">
          <p className="request__act">
            <Button
              onPress={() => {
                saveText(request.name, request.text);
                setSaid(t('request.saved', { name: request.name }));
              }}
            >
              {t('request.save')}
            </Button>
            <code>{request.name}</code>
          </p>
          <p className="dim" role="status">
            {said}
          </p>
        </div>
      </div>
      <div>
        <p className="dim">{t('request.command')}</p>
        <pre className="block" tabIndex={0} aria-label={t('request.command')}>
          {request.command}
        </pre>
        <p className="request__act request__copy">
          <CopyButton text={request.command} label={t('request.copy-command')} />
        </p>
      </div>
      <Field
        label={t('request.armor')}
        mono
        multiline
        value={armor}
        maxLength={longestArmor}
        placeholder="-----BEGIN SSH SIGNATURE-----"
        help={t('request.armor.help')}
        error={malformed ? t('request.armor.bad') : undefined}
        onChange={(text) => {
          setArmor(text);
          setFailure(null);
        }}
      />
      <p className="request__act">
        <FileButton accept={['.sig', 'text/plain']} onFile={load}>
          {t('request.armor.load')}
        </FileButton>
        <Button disabled={armor.trim() === '' || malformed || busy} onPress={take}>
          {t('request.take')}
        </Button>
      </p>
      {failure !== null && <FailureNote failure={failure} />}
    </section>
  );
}
