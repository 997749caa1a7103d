/** Content that may scroll, and a footer that does not: who on the left, actions bottom right, Stop always there. */
import type { ReactElement, ReactNode } from 'react';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import type { CardProps } from './cardContext.ts';
import { canRollBack } from './undo.ts';

export function CardFrame(props: {
  readonly card: CardProps;
  readonly children: ReactNode;
  readonly who?: ReactNode;
  readonly actions?: ReactNode;
  /** The last place in the row: Run, or empty where a person confirms elsewhere. */
  readonly primary?: ReactNode;
}): ReactElement {
  const { run, onAsk } = props.card;
  const stoppable = run.state.end === null && run.snapshot.live;
  return (
    <>
      <div className="step__content" tabIndex={0} role="group" aria-label={t('step.content')}>
        {props.children}
      </div>
      <footer className="step__foot">
        <div className="step__who">{props.who}</div>
        <div className="step__acts">
          {props.actions}
          {stoppable &&
            (run.state.stopped === null ? (
              <Button
                look="danger"
                onPress={() => {
                  onAsk('stop');
                }}
              >
                {t('stop')}
              </Button>
            ) : (
              <StoppedActions {...props.card} />
            ))}
          {props.primary}
        </div>
      </footer>
    </>
  );
}

function StoppedActions({ run, onAsk }: CardProps): ReactElement {
  const rollback = canRollBack(run.state);
  useCommand(
    'rollback',
    () => {
      onAsk('rollback');
    },
    rollback,
  );
  return (
    <>
      {rollback && (
        <Button
          look="danger"
          keys="Alt+B"
          onPress={() => {
            onAsk('rollback');
          }}
        >
          {t('rollback.start')}
        </Button>
      )}
      <Button
        look="danger"
        onPress={() => {
          onAsk('abort');
        }}
      >
        {t('abort')}
      </Button>
      <Button
        onPress={() => {
          onAsk('continue');
        }}
      >
        {t('continue')}
      </Button>
    </>
  );
}
