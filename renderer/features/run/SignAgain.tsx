/** A signed hold that was passed can be opened again until something was sent on its strength, or when it has expired. */
import { useState, type ReactElement } from 'react';
import { mayReopen } from '../../../electron/domain/run/evolveHolds.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import type { CardProps } from './cardContext.ts';
import { AskAgain } from './SignedHoldBody.tsx';

export function SignAgain({ card }: { readonly card: CardProps }): ReactElement | null {
  const { view, run } = card;
  const [asking, setAsking] = useState(false);
  const now = useNow();
  if (view.status.state !== 'held' || view.request === undefined || card.barred !== null) return null;
  // The host has the last word; here it is only not offered where it would say no.
  if (!mayReopen(run.state, view, new Date(now))) return null;
  return (
    <div className="stack">
      <p className="dim">{t('hold.signed.reopen')}</p>
      <p>
        <Button
          onPress={() => {
            setAsking(true);
          }}
        >
          {t('hold.signed.again')}
        </Button>
      </p>
      {asking && (
        <AskAgain
          signed={view.request.signatures.length}
          onClose={() => {
            setAsking(false);
          }}
          onAsk={() => {
            setAsking(false);
            card.send({ kind: 'request-hold', step: view.step.id });
          }}
        />
      )}
    </div>
  );
}
