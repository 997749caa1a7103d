/** An interrupted run before it is taken up again: where it stands, read-only. Resuming sends nothing by itself. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';

export function ResumeBody({
  card,
  children,
}: {
  readonly card: CardProps;
  readonly children: ReactNode;
}): ReactElement {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const resume = (): void => {
    if (busy) return;
    setBusy(true);
    void app.run.resume().then((result) => {
      setBusy(false);
      setFailure(result.ok ? null : result.error);
    });
  };
  useCommand('primary', resume);
  return (
    <CardFrame
      card={card}
      who={<span className="why-not">{t('resume.note')}</span>}
      actions={
        <Button look="primary" className="button--confirm" keys="Alt+Enter" disabled={busy} onPress={resume}>
          {t('resume')}
        </Button>
      }
    >
      <p className="hold__means">{t('resume.text')}</p>
      {failure !== null && <FailureNote failure={failure} />}
      {children}
    </CardFrame>
  );
}
