/** A signed hold that was passed can be opened again as long as nothing was sent on the strength of it. */
import { useState, type ReactElement } from 'react';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import type { CardProps } from './cardContext.ts';
import { AskAgain } from './SignedHoldBody.tsx';

export function SignAgain({ card }: { readonly card: CardProps }): ReactElement | null {
  const { view, run } = card;
  const [asking, setAsking] = useState(false);
  if (view.status.state !== 'held' || view.request === undefined || card.barred !== null) return null;
  // The host has the last word; here it is only not offered where a command went out since.
  if (run.state.steps.slice(view.index + 1).some((later) => later.attempts.length > 0)) return null;
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
