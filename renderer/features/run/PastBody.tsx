/** A look at a step that does not have the turn: what was planned and what happened. Nothing can be done from here. */
import type { ReactElement, ReactNode } from 'react';
import {
  attestedWords,
  channelWords,
  endWords,
  expectationWords,
  passedWords,
  stateWords,
} from '../../format/describe.ts';
import { clockSpan, stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import type { Attempt, StepView } from '../../../electron/domain/run/state.ts';
import { CommandBlock } from '../library/StepContent.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips } from './Command.tsx';
import { DryRunResult } from './DryRun.tsx';
import { FetchDiff } from './FetchDiff.tsx';
import { GroupBoard } from './GroupBoard.tsx';
import { KeptText } from './KeptText.tsx';
import { MeasuredResult } from './MeasureBody.tsx';
import { SecrecyMarks } from './SecrecyMarks.tsx';
import { isHidden } from './SecondPerson.tsx';
import { SignAgain } from './SignAgain.tsx';
import { TransferPlan, TransferResult } from './TransferParts.tsx';
import { Turns } from './Turns.tsx';
import { useBoard } from './useBoard.ts';
import { VendorNote } from './VendorNote.tsx';
import { WaitsFor } from './WaitBody.tsx';

export function PastBody(props: {
  readonly card: CardProps;
  readonly onBack: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { card } = props;
  const { view } = card;
  const { step } = view;
  const command = step.kind === 'run' || step.kind === 'observe' || step.kind === 'custodians' ? step : null;
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
        <b>{t(stateWords[view.status.state])}</b>{' '}
        {isHidden(view, card.run.state.steps) ? t('past.hidden') : story(view)}
      </p>
      {props.children}
      {command !== null && <CommandBlock on={command.on} run={command.run} />}
      {rows !== null && attempt !== undefined && (
        <p className="dim">{t('board.member', { member: attempt.target })}</p>
      )}
      {command !== null && <ExpectChips expect={expect} checks={attempt?.checks ?? []} />}
      {attempt?.diff !== undefined && <FetchDiff runId={card.run.runId} diff={attempt.diff} />}
      {step.kind === 'transfer' && <TransferPlan step={step} />}
      {attempt?.file !== undefined && <TransferResult runId={card.run.runId} file={attempt.file} />}
      <OwnKind card={card} />
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

/** What only steps of one kind have to show. */
function OwnKind({ card }: { readonly card: CardProps }): ReactElement | null {
  const { run, view } = card;
  const { step, status } = view;
  switch (step.kind) {
    case 'wait':
      return <WaitsFor step={step} values={valuesOf(run.state, run.snapshot.plan)} />;
    case 'measure':
      return <MeasuredResult view={view} step={step} />;
    case 'custodians':
      return <Turns view={view} step={step} />;
    case 'notify':
      return status.state === 'notified' ? (
        <KeptText
          runId={run.runId}
          file={status.message}
          show={t('kept.show')}
          hide={t('kept.hide')}
          label={t('notify.body')}
        />
      ) : null;
    case 'run':
      return (
        <>
          <VendorNote step={step} />
          {step.dryRun !== undefined && <DryRunResult view={view} />}
        </>
      );
    case 'observe':
      return <VendorNote step={step} />;
    case 'transfer':
    case 'attest':
    case 'decide':
    case 'hold':
      return null;
  }
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
    case 'notified':
      return t('past.notified', {
        to: status.to,
        channel: t(channelWords[status.channel]),
        by: status.by,
        at: stamp(status.at),
      });
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
      return t(passedWords[status.via], { at: stamp(status.at) });
    case 'waiting':
    case 'current':
    case 'running':
      return '';
  }
}
