/** The current step: what, caution, exact bytes, what must be seen, who confirms, actions. One body a kind and state. */
import { useRef, useState, type ReactElement } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Intent } from '../../../electron/contract/intents.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { holdWords, kindWords } from '../../format/describe.ts';
import { wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote, RiskPill } from '../../ui/bits.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { AttestBody } from './AttestBody.tsx';
import { barredWhy } from './barred.ts';
import type { CardProps } from './cardContext.ts';
import { CommandBody } from './CommandBody.tsx';
import { CustodiansBody } from './CustodiansBody.tsx';
import { DecideBody } from './DecideBody.tsx';
import { GapNote } from './GapNote.tsx';
import { HoldBody } from './HoldBody.tsx';
import { MeasureBody } from './MeasureBody.tsx';
import { NotifyBody } from './NotifyBody.tsx';
import { OutcomeBody } from './OutcomeBody.tsx';
import { PastBody } from './PastBody.tsx';
import { ResumeBody } from './ResumeBody.tsx';
import { RunningBody } from './RunningBody.tsx';
import type { Asking } from './RunDialogs.tsx';
import { SecondPerson } from './SecondPerson.tsx';
import { SecretsNote } from './SecretsNote.tsx';
import { SignedHoldBody } from './SignedHoldBody.tsx';
import { WaitBody } from './WaitBody.tsx';
import { WindowNote } from './WindowNote.tsx';

export function StepCard(props: {
  readonly run: OpenRun;
  readonly view: StepView;
  readonly atCurrent: boolean;
  readonly onBack: () => void;
  readonly onAsk: (asking: Asking) => void;
  readonly onInsert: (command: string) => void;
  readonly pane: TargetName | null;
  readonly onPane: (member: TargetName) => void;
}): ReactElement {
  const { run, view, atCurrent } = props;
  const app = useApp();
  const place = useRef<HTMLElement>(null);
  useArrivalFocus(place);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = (intent: Intent): void => {
    setFailure(null);
    void app.run.intent(intent).then((result) => {
      if (!result.ok) setFailure(result.error);
    });
  };
  const card: CardProps = {
    run,
    view,
    send,
    onAsk: props.onAsk,
    onInsert: props.onInsert,
    pane: props.pane,
    onPane: props.onPane,
    barred: barredWhy(run),
  };
  return (
    <article
      ref={place}
      className={cardClass(atCurrent, view)}
      data-region
      tabIndex={-1}
      aria-label={t('step.label', { title: view.step.title })}
    >
      <CardHead view={view} of={run.state.steps.length} />
      <GapNote state={run.state} />
      {run.snapshot.live && <WindowNote run={run} />}
      <SecretsNote run={run} />
      {run.storage !== null && <FailureNote failure={run.storage} />}
      {run.state.stopped !== null && run.state.end === null && (
        <p className="banner banner--stopped" role="alert">
          <b>{t('stopped')}</b>{' '}
          {t('stopped.text', { by: run.state.stopped.by, reason: run.state.stopped.reason })}
        </p>
      )}
      <CardBody card={card} atCurrent={atCurrent} onBack={props.onBack}>
        <Prose step={view.step} />
        {atCurrent && <SecondPerson run={run} view={view} />}
        {failure !== null && <FailureNote failure={failure} />}
      </CardBody>
    </article>
  );
}

function cardClass(atCurrent: boolean, view: StepView): string {
  const names = ['step'];
  if (!atCurrent) names.push('step--past');
  if (view.members !== undefined || view.request !== undefined || isTall(view.step))
    names.push('step--group');
  return names.join(' ');
}

/** What is read first is as long as what is answered then, and both are to be seen at once. */
function isTall(step: Step): boolean {
  return step.kind === 'notify' || (step.kind === 'hold' && step.madeFor !== undefined);
}

function CardHead({ view, of }: { readonly view: StepView; readonly of: number }): ReactElement {
  const { step } = view;
  return (
    <header className="step__head">
      <span className="step__n tnum">{t('step.n', { n: view.index + 1, of })}</span>
      <h2>{step.title}</h2>
      {step.kind === 'hold' ? (
        <span className="chip chip--hold">{t(holdWords[step.hold])}</span>
      ) : (
        <RiskPill risk={step.risk} />
      )}
      {step.kind === 'run' && step.mode === 'detached' && (
        <span className="chip chip--detached">{t('detached.badge')}</span>
      )}
      <span className="step__planned">
        {step.plannedMs === undefined
          ? t(kindWords[step.kind])
          : t('step.planned', { kind: t(kindWords[step.kind]), span: wordSpan(step.plannedMs) })}
      </span>
    </header>
  );
}

function Prose({ step }: { readonly step: Step }): ReactElement {
  return (
    <>
      {step.caution !== undefined && (
        <div className="caution" role="note">
          <b>{t('caution')}</b>
          <Markdown text={step.caution} inline />
        </div>
      )}
      {step.why !== undefined && <Markdown text={step.why} />}
      {step.note !== undefined && (
        <div className="note" role="note">
          <b>{t('note')}</b>
          <Markdown text={step.note} inline />
        </div>
      )}
      {step.part !== undefined && (
        <p className="dim">{t('part.from', { title: step.part.title, version: step.part.version })}</p>
      )}
    </>
  );
}

function CardBody(props: {
  readonly card: CardProps;
  readonly atCurrent: boolean;
  readonly onBack: () => void;
  readonly children: React.ReactNode;
}): ReactElement {
  const { card, children } = props;
  const { step, status } = card.view;
  if (!props.atCurrent)
    return (
      <PastBody card={card} onBack={props.onBack}>
        {children}
      </PastBody>
    );
  if (!card.run.snapshot.live && card.run.state.end === null)
    return <ResumeBody card={card}>{children}</ResumeBody>;
  if (status.state === 'running') return <RunningBody card={card}>{children}</RunningBody>;
  if (status.state === 'failed' || status.state === 'unknown')
    return <OutcomeBody card={card}>{children}</OutcomeBody>;
  switch (step.kind) {
    case 'run':
    case 'observe':
    case 'transfer':
      return (
        <CommandBody card={card} step={step}>
          {children}
        </CommandBody>
      );
    case 'attest':
      return (
        <AttestBody card={card} step={step}>
          {children}
        </AttestBody>
      );
    case 'decide':
      return (
        <DecideBody card={card} step={step}>
          {children}
        </DecideBody>
      );
    case 'hold': {
      const Body = card.run.snapshot.plan.policy.holds === 'signed' ? SignedHoldBody : HoldBody;
      return (
        <Body card={card} step={step}>
          {children}
        </Body>
      );
    }
    case 'wait':
      return (
        <WaitBody card={card} step={step}>
          {children}
        </WaitBody>
      );
    case 'notify':
      return (
        <NotifyBody card={card} step={step}>
          {children}
        </NotifyBody>
      );
    case 'custodians':
      return (
        <CustodiansBody card={card} step={step}>
          {children}
        </CustodiansBody>
      );
    case 'measure':
      return (
        <MeasureBody card={card} step={step}>
          {children}
        </MeasureBody>
      );
  }
}
