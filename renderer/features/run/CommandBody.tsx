/** A run or observe step that waits for its operator: exact bytes, expectations, and Copy, Insert and Run as three things. */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { ObserveStep, RunStep } from '../../../electron/contract/runbook.ts';
import { useCommand } from '../../app/commands.ts';
import { expectationWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { copyText, CopyButton, FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { linkOf } from './model.ts';
import { readiness } from './readiness.ts';
import { usePreview } from './usePreview.ts';

/** A step that has just become current takes no Run for this long: the double-press trap. */
const armAfterMs = 400;

export function CommandBody(props: {
  readonly card: CardProps;
  readonly step: RunStep | ObserveStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run, view } = card;
  const target = run.state.targets[step.on];
  const link = linkOf(run.links, step.on);
  const moved = `${String(view.attempts.length)}:${view.status.state}:${String(target?.connected)}:${Object.keys(run.state.captures).join()}`;
  const { preview, failure } = usePreview(run.runId, step.id, moved);
  const [typed, setTyped] = useState('');
  const armed = useArmed();
  const ready = readiness({ barred: card.barred, target, link, preview, typed });

  const act = (): void => {
    if (!armed) return;
    if (ready.kind === 'connect') card.send({ kind: 'connect', target: step.on });
    if (ready.kind === 'run' && preview !== null) {
      card.send({
        kind: 'run',
        step: step.id,
        seen: preview.sha256,
        ...(preview.confirm === undefined ? {} : { confirm: typed.trim() }),
      });
    }
  };
  const command = preview?.command ?? '';
  useCommand('primary', act);
  useCommand('copy-command', () => void copyText(command), command !== '');
  useCommand(
    'insert-command',
    () => {
      card.onInsert(command);
    },
    command !== '' && target?.connected === true,
  );

  return (
    <CardFrame
      card={card}
      who={
        preview?.confirm === undefined || card.barred !== null ? (
          <span className="why-not" role="status">
            {ready.why}
          </span>
        ) : (
          <div className="confirm">
            <Field
              label={t('confirm.type', { word: preview.confirm })}
              mono
              noPaste
              value={typed}
              onChange={setTyped}
            />
            <span className="why-not" role="status">
              {ready.why}
            </span>
          </div>
        )
      }
      actions={
        command !== '' && (
          <>
            <CopyButton text={command} />
            <Button
              disabled={target?.connected !== true}
              onPress={() => {
                card.onInsert(command);
              }}
            >
              {t('insert')}
            </Button>
            <Button
              onPress={() => {
                card.onAsk('skip');
              }}
            >
              {t('skip')}
            </Button>
          </>
        )
      }
      primary={
        <Button
          look="primary"
          className="button--run"
          keys="Alt+Enter"
          disabled={!armed || (ready.kind !== 'run' && ready.kind !== 'connect')}
          onPress={act}
        >
          {t(
            ready.kind === 'connect'
              ? 'connect'
              : ready.kind === 'wait'
                ? 'connecting'
                : step.kind === 'observe'
                  ? 'observe'
                  : 'run',
          )}
        </Button>
      }
    >
      {props.children}
      {target?.identity === 'refuted' && <Refuted checks={target.identityChecks} />}
      {failure !== null && <FailureNote failure={failure} />}
      {preview !== null && <SentCommand preview={preview} />}
      {step.kind === 'observe' && (
        <p className="dim">
          {t('observe.plan', {
            every: wordSpan(step.everyMs),
            span: wordSpan(step.forMs),
            times: step.times,
          })}
        </p>
      )}
      <ExpectChips
        expect={
          preview?.expect ??
          step.expect.map((each) => ({ label: each.label, expected: expectationWords(each).must }))
        }
        checks={[]}
      />
    </CardFrame>
  );
}

function Refuted({
  checks,
}: {
  readonly checks: NonNullable<CardProps['run']['state']['targets'][string]>['identityChecks'];
}): ReactElement {
  return (
    <div className="failure" role="alert">
      <p className="failure__message">{t('identity.refuted.text')}</p>
      <ExpectChips expect={[]} checks={checks} />
    </div>
  );
}

function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setArmed(true);
    }, armAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return armed;
}
