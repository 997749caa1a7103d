/** A run, observe or transfer step that waits for its operator: exact bytes, expectations, and Copy, Insert and Run as three things. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { ObserveStep, RunStep, TransferStep } from '../../../electron/contract/steps.ts';
import { useCommand } from '../../app/commands.ts';
import { expectationWords, fanOutWords } from '../../format/describe.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { copyText, CopyButton, FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { useNow } from '../../ui/useNow.ts';
import { fanOutOf } from '../../../electron/domain/run/group.ts';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { ExpectChips, SentCommand } from './Command.tsx';
import { DryRun } from './DryRun.tsx';
import { watchWords } from './fill.ts';
import { GroupBoard } from './GroupBoard.tsx';
import { linkOf } from './model.ts';
import { readiness, type Readiness } from './readiness.ts';
import { SecrecyMarks } from './SecrecyMarks.tsx';
import { TransferPlan } from './TransferParts.tsx';
import { useBoard } from './useBoard.ts';
import { usePreview } from './usePreview.ts';
import { isVendorOpen, VendorNote } from './VendorNote.tsx';
import { windowNow } from './windowModel.ts';

export function CommandBody(props: {
  readonly card: CardProps;
  readonly step: RunStep | ObserveStep | TransferStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { run, view } = card;
  const target = run.state.targets[step.on];
  const link = linkOf(run.links, step.on);
  const moved = `${String(view.attempts.length)}:${view.status.state}:${String(target?.connected)}:${Object.keys(run.state.captures).join()}`;
  const { preview, failure } = usePreview(run.runId, step.id, moved);
  const [typed, setTyped] = useState('');
  // A step that has just become current takes no Run at once: the double-press trap.
  const armed = useArmed();
  const rows = useBoard(run, view);
  const members =
    rows === null ? undefined : run.links.filter((each) => rows.some((row) => row.name === each.target));
  const vendorOpen = isVendorOpen(step);
  const barred = card.barred ?? (vendorOpen ? t('vendor.not-runnable') : null);
  const ready = readiness({ barred, target, link, preview, typed, members });

  const time = windowNow(run, useNow());
  // After its window the way back is what is offered first; going on takes a button of its own.
  const backFirst = time.state === 'over' && time.rollback !== undefined && card.barred === null;

  const send = (): void => {
    if (!armed || ready.kind !== 'run' || preview === null) return;
    card.send({
      kind: 'run',
      step: step.id,
      seen: preview.sha256,
      ...(preview.confirm === undefined ? {} : { confirm: typed.trim() }),
    });
  };
  const act = (): void => {
    if (!armed) return;
    if (backFirst) card.onAsk('rollback');
    else if (ready.kind === 'connect') card.send({ kind: 'connect', target: step.on });
    else send();
  };
  const skip = (): void => {
    card.onAsk('skip');
  };
  const command = preview?.command ?? '';
  const pane = card.pane === null ? undefined : run.state.targets[card.pane];
  const insertable = step.kind !== 'transfer' && pane?.connected === true;
  useCommand('primary', act);
  useCommand('skip', skip, card.barred === null);
  useCommand('copy-command', () => void copyText(command), command !== '');
  useCommand(
    'insert-command',
    () => {
      card.onInsert(command);
    },
    command !== '' && insertable && !vendorOpen,
  );

  return (
    <CardFrame
      card={card}
      who={
        preview?.confirm === undefined || barred !== null ? (
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
        (command !== '' || vendorOpen) && (
          <>
            {command !== '' && <CopyButton text={command} />}
            {command !== '' && !vendorOpen && (
              <Button
                disabled={!insertable}
                onPress={() => {
                  card.onInsert(command);
                }}
              >
                {t('insert')}
              </Button>
            )}
            <Button keys="Alt+J" onPress={skip}>
              {t('skip')}
            </Button>
            {backFirst && (
              <Button disabled={!armed || ready.kind !== 'run'} onPress={send}>
                {t('window.run')}
              </Button>
            )}
          </>
        )
      }
      primary={
        <Button
          look="primary"
          className="button--run"
          keys="Alt+Enter"
          disabled={!armed || (!backFirst && ready.kind !== 'run' && ready.kind !== 'connect')}
          onPress={act}
        >
          {t(backFirst ? 'rollback.start' : primaryWord(ready.kind, step))}
        </Button>
      }
    >
      {props.children}
      {target?.identity === 'refuted' && <Refuted checks={target.identityChecks} />}
      {failure !== null && <FailureNote failure={failure} />}
      {step.kind === 'transfer' && <TransferPlan step={step} />}
      <VendorNote step={step} />
      {preview !== null && <SecrecyMarks fed={preview.fed} withheld={preview.withheld} />}
      {preview !== null && <SentCommand preview={preview} proposal={vendorOpen} />}
      {rows !== null && <p className="fan">{fanOutWords(fanOutOf(step))}</p>}
      {step.kind === 'run' && step.mode === 'detached' && <p className="dim">{t('detached.means')}</p>}
      {pane?.shell === 'none' && <p className="observed-note">{t('observed.means')}</p>}
      {step.kind === 'observe' && (
        <p className="dim">{watchWords(step, valuesOf(run.state, run.snapshot.plan))}</p>
      )}
      <ExpectChips
        expect={
          preview?.expect ??
          (step.kind === 'transfer' ? [] : step.expect).map((each) => ({
            label: each.label,
            expected: expectationWords(each).must,
          }))
        }
        checks={[]}
      />
      {step.kind === 'run' && !vendorOpen && <DryRun card={card} step={step} moved={moved} armed={armed} />}
      {rows !== null && <GroupBoard rows={rows} pane={card.pane} onPane={card.onPane} />}
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

function primaryWord(ready: Readiness['kind'], step: RunStep | ObserveStep | TransferStep): MessageKey {
  if (ready === 'connect') return 'connect';
  return ready === 'wait' ? 'connecting' : runWord(step);
}

function runWord(step: RunStep | ObserveStep | TransferStep): MessageKey {
  if (step.kind === 'observe') return 'observe';
  if (step.kind === 'run') return 'run';
  return step.direction === 'fetch' ? 'transfer.go.fetch' : 'transfer.go.put';
}
