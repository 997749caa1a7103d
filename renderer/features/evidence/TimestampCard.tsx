/** The timestamp over the operator's signature: got over the network, or carried to an authority and back as files. */
import { useState, type ReactElement } from 'react';
import type { EvidenceView } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { QrCode } from '../../ui/QrCode.tsx';
import { readBytes, saveBase64, toBase64 } from '../../ui/save.ts';

/** Tokens are some kilobytes; this leaves room for long certificate chains. */
const longestReply = 280_000;

export function TimestampCard(props: {
  readonly evidence: EvidenceView;
  readonly onStamped: (evidence: EvidenceView) => void;
}): ReactElement {
  const { evidence } = props;
  const { runId } = evidence;
  const app = useApp();
  const tsaUrl = useValue(app.settings).value?.tsaUrl ?? '';
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const [request, setRequest] = useState<{ readonly name: string; readonly base64: string } | null>(null);
  const signed = evidence.signatures.some((each) => each.role === 'operator');
  const run = (work: () => Promise<Failure | null>): void => {
    setBusy(true);
    setFailure(null);
    void work().then((problem) => {
      setBusy(false);
      setFailure(problem);
    });
  };
  const online = (): void => {
    run(async () => {
      const result = await app.client.call('evidence.timestamp', { runId });
      if (result.ok) props.onStamped(result.value);
      return result.ok ? null : result.error;
    });
  };
  const ask = (): void => {
    run(async () => {
      const result = await app.client.call('evidence.timestamp-request', { runId });
      if (result.ok) setRequest(result.value);
      return result.ok ? null : result.error;
    });
  };
  const bring = (file: File): void => {
    run(async () => {
      const bytes = await readBytes(file, longestReply);
      if (!bytes.ok) return bytes.error;
      const base64 = toBase64(bytes.value);
      const result = await app.client.call('evidence.timestamp-reply', { runId, base64 });
      if (result.ok) {
        setRequest(null);
        props.onStamped(result.value);
      }
      return result.ok ? null : result.error;
    });
  };
  return (
    <section>
      <SectionTitle>{t('tsa.title')}</SectionTitle>
      {evidence.timestamp !== undefined ? (
        <p>
          {t('tsa.is', {
            at: stamp(evidence.timestamp.at),
            authority: visible(evidence.timestamp.authority),
          })}
        </p>
      ) : (
        <>
          <p className="dim">{t(signed ? 'tsa.none' : 'tsa.unsigned')}</p>
          <p className="request__act">
            {tsaUrl !== '' && (
              <Button disabled={!signed || busy} onPress={online}>
                {t('tsa.online')}
              </Button>
            )}
            <Button disabled={!signed || busy} onPress={ask}>
              {t('tsa.request')}
            </Button>
            <FileButton accept={['.tsr']} onFile={bring}>
              {t('tsa.reply')}
            </FileButton>
          </p>
        </>
      )}
      {request !== null && evidence.timestamp === undefined && (
        <div className="request__out">
          <QrCode text={request.base64} label={t('tsa.qr')} />
          <div className="stack">
            <p className="dim">{t('tsa.carry')}</p>
            <p className="request__act">
              <Button
                onPress={() => {
                  saveBase64(request.name, request.base64, 'application/timestamp-query');
                }}
              >
                {t('request.save')}
              </Button>
              <code>{request.name}</code>
            </p>
          </div>
        </div>
      )}
      {failure !== null && <FailureNote failure={failure} />}
    </section>
  );
}
