/**
 * A hold that people pass with their keys: who has signed, what stands behind it, and a word to type. Neither Enter nor
 * Alt+Enter passes it; asking again voids what was signed before and says so first.
 */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { Role } from '../../../electron/contract/runbook.ts';
import type { HoldStep } from '../../../electron/contract/steps.ts';
import { neededBy } from '../../../electron/domain/run/holdSignatures.ts';
import { holdWord } from '../../../electron/domain/run/people.ts';
import type { HoldRequest } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { roleWords } from '../../format/describe.ts';
import { stamp, timeOf } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/fields.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { useNow } from '../../ui/useNow.ts';
import { Expiry, RequestPanel } from '../requests/RequestPanel.tsx';
import { CardFrame } from './CardFrame.tsx';
import type { CardProps } from './cardContext.ts';
import { holdBarred, holdSlots, type HoldSlot } from './holdModel.ts';
import { AbortCriteria, holdMeans } from './HoldBody.tsx';

export function SignedHoldBody(props: {
  readonly card: CardProps;
  readonly step: HoldStep;
  readonly children: ReactNode;
}): ReactElement {
  const { card, step } = props;
  const { view } = card;
  const { request } = view;
  const now = useNow();
  const [word, setWord] = useState('');
  const [signing, setSigning] = useState<Role | null>(null);
  const [again, setAgain] = useState(false);
  const expired = request !== undefined && Date.parse(request.expiresAt) <= now;
  const armed = useArmed();
  const slots = holdSlots(card.run.state, view, step);
  const wanted = holdWord(step.hold);
  const missing = card.barred ?? holdBarred(view, step, slots, now);
  const why = missing !== '' ? missing : word.trim() !== wanted ? t('hold.type', { word: wanted }) : '';
  const askable = card.barred === null && armed;
  const ask = (): void => {
    if (askable) card.send({ kind: 'request-hold', step: step.id });
  };
  useCommand('primary', ask, request === undefined);
  return (
    <CardFrame
      card={card}
      who={
        missing !== '' ? (
          <span className="why-not" role="status">
            {missing}
          </span>
        ) : (
          // Enter in this field does nothing on purpose: passing takes the button.
          <div className="confirm">
            <Field
              label={t('hold.word', { word: wanted })}
              mono
              noPaste
              value={word}
              maxLength={40}
              onChange={setWord}
            />
            <span className="why-not" role="status">
              {why}
            </span>
          </div>
        )
      }
      actions={
        request === undefined ? (
          <Button look="primary" keys="Alt+Enter" disabled={!askable} onPress={ask}>
            {t('hold.signed.ask')}
          </Button>
        ) : (
          <>
            <Button
              look={expired ? 'primary' : 'quiet'}
              disabled={card.barred !== null}
              onPress={() => {
                setAgain(true);
              }}
            >
              {t('hold.signed.again')}
            </Button>
            <Button
              look="primary"
              className="button--hold"
              disabled={why !== '' || !armed}
              onPress={() => {
                card.send({ kind: 'pass-hold', step: step.id, names: [], word: word.trim() });
              }}
            >
              {t('hold.pass')}
            </Button>
          </>
        )
      }
    >
      <p className="hold__means">{t(holdMeans[step.hold])}</p>
      {props.children}
      <div className="hold">
        <AbortCriteria runbook={card.run.snapshot.runbook} />
        <div className="hold__people">
          <h3>
            {t('hold.signed.people', {
              n: slots.filter((slot) => slot.given !== null).length,
              needed: neededBy(step),
              of: neededBy(step) < slots.length ? slots.length : 0,
            })}
          </h3>
          <ul className="slots">
            {slots.map((slot, index) => (
              <Slot
                key={`${slot.role}:${String(index)}`}
                slot={slot}
                open={request !== undefined && !expired && card.barred === null}
                onSign={() => {
                  setSigning(slot.role);
                }}
              />
            ))}
          </ul>
          {request === undefined ? (
            <p className="dim">{t('hold.signed.none')}</p>
          ) : (
            <p className="dim">
              {t('hold.signed.asked', { at: stamp(request.requestedAt) })} <Expiry at={request.expiresAt} />
            </p>
          )}
        </div>
      </div>
      {request !== undefined && <Guards card={card} request={request} />}
      {signing !== null && (
        <Dialog
          title={t('hold.signed.dialog', { role: t(roleWords[signing]) })}
          wide="panel"
          onClose={() => {
            setSigning(null);
          }}
          actions={
            <Button
              autoFocus
              onPress={() => {
                setSigning(null);
              }}
            >
              {t('close')}
            </Button>
          }
        >
          <RequestPanel
            wanted={{ kind: 'hold', runId: card.run.runId, step: step.id, role: signing }}
            barred={signing === 'operator' ? undefined : card.run.snapshot.plan.operator.principal}
            onGiven={() => {
              setSigning(null);
            }}
          />
        </Dialog>
      )}
      {again && (
        <AskAgain
          signed={request?.signatures.length ?? 0}
          onClose={() => {
            setAgain(false);
          }}
          onAsk={() => {
            setAgain(false);
            ask();
          }}
        />
      )}
    </CardFrame>
  );
}

function Slot(props: {
  readonly slot: HoldSlot;
  readonly open: boolean;
  readonly onSign: () => void;
}): ReactElement {
  const { slot } = props;
  const role = t(roleWords[slot.role]);
  if (slot.given !== null) {
    return (
      <li className="slot slot--given">
        <span className="slot__mark" aria-hidden="true">
          ✓
        </span>
        <span>
          <b>{role}</b> {slot.given.principal}{' '}
          <span className="tnum dim">{t('time.utc', { time: timeOf(slot.given.at) })}</span>{' '}
          <code className="dim" title={slot.given.fingerprint}>
            {shortDigest(slot.given.fingerprint)}
          </code>
        </span>
      </li>
    );
  }
  return (
    <li className="slot slot--open">
      <span className="slot__mark" aria-hidden="true" />
      <span>
        <b>{role}</b> {t('hold.signed.open')}
      </span>
      {props.open && <Button onPress={props.onSign}>{t('hold.signed.get', { role })}</Button>}
    </li>
  );
}

function Guards(props: { readonly card: CardProps; readonly request: HoldRequest }): ReactElement {
  const { card, request } = props;
  const titles = new Map<string, string>(card.run.state.steps.map((view) => [view.step.id, view.step.title]));
  return (
    <section>
      <h3 className="hold__head">{t('hold.signed.guards', { n: request.guards.length })}</h3>
      <p className="dim">{t('hold.signed.voids')}</p>
      <div className="guards-scroll" tabIndex={0} role="region" aria-label={t('request.guards')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('hold.signed.step')}</th>
              <th scope="col">{t('hold.signed.host')}</th>
              <th scope="col">{t('hold.signed.command')}</th>
            </tr>
          </thead>
          <tbody>
            {request.guards.map((guard) => (
              <tr key={`${guard.step}:${guard.target}`}>
                <td>{titles.get(guard.step) ?? guard.step}</td>
                <td className="mono">{guard.target}</td>
                <td className="mono" title={guard.commandSha256}>
                  {shortDigest(guard.commandSha256)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {request.unguarded.length > 0 && (
        <p className="warn">
          {t('hold.signed.unbound', {
            steps: request.unguarded.map((step) => titles.get(step) ?? step).join(', '),
          })}
        </p>
      )}
    </section>
  );
}

export function AskAgain(props: {
  readonly signed: number;
  readonly onAsk: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const armed = useArmed();
  return (
    <Dialog
      title={t('hold.signed.again.title')}
      tone="danger"
      onClose={props.onClose}
      actions={
        <>
          <Button autoFocus onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="danger" disabled={!armed} onPress={props.onAsk}>
            {t('hold.signed.again.go')}
          </Button>
        </>
      }
    >
      <p>{t('hold.signed.again.text', { n: props.signed })}</p>
    </Dialog>
  );
}
