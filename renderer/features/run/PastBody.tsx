/** A look at a step that does not have the turn: what was planned and what happened. Nothing can be done from here. */
import type { ReactElement, ReactNode } from 'react';
import { attestedWords, endWords, expectationWords, stateWords } from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import type { Attempt, StepView } from '../../../electron/domain/run/state.ts';
import { CommandBlock } from '../library/RunbookDocument.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips } from './Command.tsx';
import { GroupBoard } from './GroupBoard.tsx';
import { SecrecyMarks } from './SecrecyMarks.tsx';
import { SignAgain } from './SignAgain.tsx';
import { TransferPlan, TransferResult } from './TransferParts.tsx';
import { useBoard } from './useBoard.ts';

export function PastBody(props: {
  readonly card: CardProps;
  readonly onBack: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { card } = props;
  const { view } = card;
  const { step } = view;
  const command = step.kind === 'run' || step.kind === 'observe' ? step : null;
  const rows = useBoard(card.run, view);
  const attempt =
    rows === null ? view.attempts.at(-1) : view.attempts.findLast((each) => each.target === card.pane);
  const expect =
    command === null
      ? []
      : command.expect.map((each) => ({ label: each.label, expected: expectationWords(each).must }));
  return (
    <CardFrame
      card={card}
      who={<span className="why-not">{t(step.kind === 'hold' ? 'past.look' : 'past.note')}</span>}
      actions={
        card.run.state.current !== null && (
          <Button keys="Alt+Home" onPress={props.onBack}>
            {t('back-to-current')}
          </Button>
        )
      }
    >
      <p className={`past is-${view.status.state}`}>
        <b>{t(stateWords[view.status.state])}</b> {story(view)}
      </p>
      {props.children}
      {command !== null && <CommandBlock on={command.on} run={command.run} />}
      {rows !== null && attempt !== undefined && (
        <p className="dim">{t('board.member', { member: attempt.target })}</p>
      )}
      {command !== null && <ExpectChips expect={expect} checks={attempt?.checks ?? []} />}
      {step.kind === 'transfer' && <TransferPlan step={step} />}
      {attempt?.file !== undefined && <TransferResult runId={card.run.runId} file={attempt.file} />}
      {attempt !== undefined && <SecrecyMarks fed={attempt.fed} withheld={attempt.withheld} />}
      {step.kind === 'hold' && <SignAgain card={card} />}
      {rows !== null && <GroupBoard rows={rows} pane={card.pane} onPane={card.onPane} />}
      {view.attempts.length > 0 && (
        <ol className="attempts">
          {(rows === null ? view.attempts : view.attempts.filter((each) => each.target === card.pane)).map(
            (each) => (
              <li key={each.n}>
                {attemptLine(each)} {each.attached > 0 && t('detached.attached', { n: each.attached })}
              </li>
            ),
          )}
        </ol>
      )}
    </CardFrame>
  );
}

function attemptLine(attempt: Attempt): string {
  return t('past.attempt', {
    n: attempt.n,
    at: stamp(attempt.startedAt),
    end: attempt.end === undefined ? t('state.running') : endWords(attempt.end),
    span: attempt.ms === undefined ? '' : clockSpan(attempt.ms),
  });
}

function story(view: StepView): string {
  const { status, step } = view;
  switch (status.state) {
    case 'attested':
      return t('past.attested', {
        value: step.kind === 'attest' ? attestedWords(step.input, status.value) : '',
        by: status.by,
        at: stamp(status.at),
      });
    case 'decided':
      return t('past.decided', { choice: status.choice, by: status.by, at: stamp(status.at) });
    case 'held':
      return t('past.held', {
        names: status.signers.map((each) => each.name).join(', '),
        at: stamp(status.at),
      });
    case 'skipped':
    case 'overridden':
      return t('past.accepted', { reason: status.reason, by: status.by, at: stamp(status.at) });
    case 'not-applicable':
      return t('past.na', { when: status.when });
    case 'failed':
    case 'unknown':
      return t('past.ended', { reason: status.reason ?? '', at: stamp(status.at) });
    case 'passed':
      return t(
        status.via === 'probe' ? 'past.probe' : status.via === 'targets' ? 'past.targets' : 'past.passed',
        { at: stamp(status.at) },
      );
    case 'waiting':
    case 'current':
    case 'running':
      return '';
  }
}
