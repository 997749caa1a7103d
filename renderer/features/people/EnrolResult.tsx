/** What goes to the security team: the line, the fingerprint with its picture, and the proof that the key is held. */
import type { ReactElement } from 'react';
import type { Enrolment } from '../../../electron/contract/people.ts';
import { t } from '../../i18n/t.ts';
import { CopyButton } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { QrCode } from '../../ui/QrCode.tsx';
import { saveText } from '../../ui/save.ts';
import { Randomart } from '../prompts/Randomart.tsx';

export function EnrolResult(props: { readonly made: Enrolment; readonly onAgain: () => void }): ReactElement {
  const { made } = props;
  return (
    <div className="enrolled">
      <p className="lead">{t('enrol.done')}</p>
      <p className="dim">{t('enrol.done.text')}</p>
      <div className="request__out">
        <QrCode text={made.line} label={t('enrol.line.qr')} />
        <div className="stack">
          <h3>{t('enrol.line')}</h3>
          <pre className="block" tabIndex={0} aria-label={t('enrol.line')}>
            {made.line}
          </pre>
          <p className="request__act">
            <CopyButton text={made.line} label={t('enrol.line.copy')} />
          </p>
        </div>
      </div>
      <div className="request__out">
        <Randomart picture={made.randomart} />
        <div className="stack">
          <h3>{t('enrol.fingerprint')}</h3>
          <p>
            <Fingerprint value={made.fingerprint} />
          </p>
          <h3>{t('enrol.files')}</h3>
          <p className="request__act">
            <Button
              onPress={() => {
                saveText('enrolment.json', made.statement);
              }}
            >
              {t('enrol.statement.save')}
            </Button>
            <Button
              onPress={() => {
                saveText('enrolment.json.sig', made.signature);
              }}
            >
              {t('enrol.signature.save')}
            </Button>
          </p>
          <h3>{t('enrol.check')}</h3>
          <pre className="block" tabIndex={0} aria-label={t('enrol.check')}>
            {made.command}
          </pre>
          <p className="request__act">
            <CopyButton text={made.command} label={t('enrol.check.copy')} />
          </p>
        </div>
      </div>
      <p className="request__act">
        <Button onPress={props.onAgain}>{t('enrol.again')}</Button>
      </p>
    </div>
  );
}
