/** One plan: what will be done, who has approved it, the request for the next approval, Start and Discard. */
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import type { GivenSignature, PreparedPlan } from '../../../electron/contract/people.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { stamp } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { SecretField } from '../../ui/SecretField.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { useNow } from '../../ui/useNow.ts';
import { Expiry, RequestPanel } from '../requests/RequestPanel.tsx';
import { PlanFacts } from './PlanFacts.tsx';
import { startBarred, standingOf, windowBarred } from './planModel.ts';
import { standingWords } from './PlansView.tsx';

export function PlanPane({ prepared }: { readonly prepared: PreparedPlan }): ReactElement {
  const app = useApp();
  const { runId } = prepared;
  const whole = useMemo(() => createRemote(() => app.client.call('plan.get', { runId })), [app, runId]);
  const found = useValue(whole);
  useEffect(() => {
    void whole.refresh();
  }, [whole]);
  const now = useNow();
  const standing = standingOf(prepared, now);
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [discarding, setDiscarding] = useState(false);
  // A plan whose last approval has just come must not start by the key that brought it.
  const armed = useArmed(standing === 'approved');
  const own = startBarred(prepared, secrets, now);
  const barred = standing === 'approved' ? windowBarred(found.value?.plan, now) || own : own;
  const expired = standing === 'expired';
  const request = useRef<HTMLElement>(null);
  const ready = barred === '' && armed && !busy;
  const start = (): void => {
    if (!ready) return;
    setBusy(true);
    setFailure(null);
    void begin().then((problem) => {
      setBusy(false);
      setFailure(problem);
    });
  };
  const begin = async (): Promise<Failure | null> => {
    const origin = found.value?.plan.origin;
    const runbook = found.value?.plan.runbook.id;
    const result = await app.client.call('plan.start', {
      runId,
      ...(prepared.secrets.length === 0 ? {} : { secrets: { ...secrets } }),
    });
    if (!result.ok) return result.error;
    setSecrets({});
    if (origin !== undefined && runbook !== undefined) {
      const ended = await app.client.call('run.intent', {
        runId: origin.runId,
        intent: { kind: 'start-rollback', runbook, runId },
      });
      // The host may have closed the failed run itself; anything else is news for the operator.
      if (!ended.ok && ended.error.code !== 'refused') app.notices.add(ended.error);
    }
    void app.plans.refresh();
    go({ place: 'run', runId: result.value.runId });
    return null;
  };
  const anew = (): void => {
    go({
      place: 'start',
      id: prepared.runbook as RunbookId,
      rehearsal: found.value?.plan.rehearsal === true,
      origin: found.value?.plan.origin?.runId ?? null,
    });
  };
  useCommand('primary', expired ? anew : start);
  return (
    <section className="reader" data-region tabIndex={-1} aria-label={prepared.title}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{prepared.title}</h1>
          <p className="meta">
            <span className="mono">{runId}</span>
            <span>{t('version', { version: prepared.version })}</span>
            {prepared.ticket !== '' && <span>{prepared.ticket}</span>}
            <span>{prepared.operator}</span>
            <span>{t('plans.prepared', { at: stamp(prepared.createdAt) })}</span>
          </p>
        </div>
        {found.value?.plan.rehearsal === true && (
          <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>
        )}
        <span className={`standing standing--${standing}`}>{t(standingWords[standing])}</span>
      </header>
      <div className="reader__body plan" tabIndex={0} role="region" aria-label={t('plans.plan')}>
        <Approvals
          prepared={prepared}
          standing={standing}
          onGet={() => {
            request.current?.scrollIntoView();
            request.current?.focus({ preventScroll: true });
          }}
        />
        {prepared.secrets.length > 0 && standing === 'approved' && (
          <section>
            <SectionTitle>{t('plans.secrets')}</SectionTitle>
            <p className="dim">{t('plans.secrets.text')}</p>
            <div className="stack">
              {prepared.secrets.map((name) => (
                <SecretField
                  key={name}
                  label={name}
                  value={secrets[name] ?? ''}
                  help={t('secret.kept')}
                  onChange={(value) => {
                    setSecrets({ ...secrets, [name]: value });
                  }}
                />
              ))}
            </div>
          </section>
        )}
        {found.failure !== null && <FailureNote failure={found.failure} />}
        {found.value !== null && <PlanFacts plan={found.value.plan} planSha256={prepared.planSha256} />}
        {standing === 'waiting' && (
          <section ref={request} className="plan__request" tabIndex={-1}>
            <SectionTitle>{t('plans.next', { n: prepared.approvals.length + 1 })}</SectionTitle>
            <RequestPanel
              wanted={{ kind: 'approval', runId }}
              barred={found.value?.plan.operator.principal ?? prepared.operator}
              onGiven={() => void app.plans.refresh()}
            />
          </section>
        )}
      </div>
      <footer className="actionbar">
        <div className="actionbar__note" role="status">
          {failure === null ? barred === '' ? t('plans.ready') : barred : <FailureNote failure={failure} />}
        </div>
        <Button
          look="danger"
          onPress={() => {
            setDiscarding(true);
          }}
        >
          {t('plans.discard')}
        </Button>
        {expired ? (
          <Button look="primary" keys="Alt+Enter" onPress={anew}>
            {t('plans.anew')}
          </Button>
        ) : (
          <Button look="primary" keys="Alt+Enter" disabled={!ready} onPress={start}>
            {t(found.value?.plan.rehearsal === true ? 'start.go.rehearsal' : 'start.go')}
          </Button>
        )}
      </footer>
      {discarding && (
        <DiscardDialog
          prepared={prepared}
          onClose={() => {
            setDiscarding(false);
          }}
        />
      )}
    </section>
  );
}

/** Who has approved, and how many are still missing: one slot each. */
function Approvals(props: {
  readonly prepared: PreparedPlan;
  readonly standing: PreparedPlan['state'];
  readonly onGet: () => void;
}): ReactElement {
  const { prepared, standing } = props;
  const open = Math.max(0, prepared.needed - prepared.approvals.length);
  return (
    <section>
      <SectionTitle aside={<Expiry at={prepared.expiresAt} />}>
        {t('plans.approvals', { n: prepared.approvals.length, of: prepared.needed })}
      </SectionTitle>
      <ul className="slots">
        {prepared.approvals.map((each) => (
          <SignatureSlot key={each.fingerprint} given={each} />
        ))}
        {Array.from({ length: open }, (_, index) => (
          <li key={index} className="slot slot--open">
            <span className="slot__mark" aria-hidden="true" />
            <span>{t('plans.slot.open')}</span>
            {index === 0 && standing === 'waiting' && (
              <Button onPress={props.onGet}>{t('plans.get', { n: prepared.approvals.length + 1 })}</Button>
            )}
          </li>
        ))}
      </ul>
      <p className="dim">
        {t(standing === 'expired' ? 'plans.expired-at' : 'plans.expires', { at: stamp(prepared.expiresAt) })}
      </p>
    </section>
  );
}

export function SignatureSlot({ given }: { readonly given: GivenSignature }): ReactElement {
  return (
    <li className="slot slot--given">
      <span className="slot__mark" aria-hidden="true">
        ✓
      </span>
      <span>
        <b>{given.principal}</b> <span className="tnum">{stamp(given.at)}</span>
        <span className="slot__key">
          {given.keyType} <Fingerprint value={given.fingerprint} />
        </span>
      </span>
    </li>
  );
}

function DiscardDialog(props: {
  readonly prepared: PreparedPlan;
  readonly onClose: () => void;
}): ReactElement {
  const app = useApp();
  const armed = useArmed();
  const [failure, setFailure] = useState<Failure | null>(null);
  const discard = (): void => {
    void app.client.call('plan.discard', { runId: props.prepared.runId }).then((result) => {
      if (!result.ok) {
        setFailure(result.error);
        return;
      }
      props.onClose();
      void app.plans.refresh();
      go({ place: 'plans', runId: null }, 'replace');
    });
  };
  return (
    <Dialog
      title={t('plans.discard.title')}
      tone="danger"
      onClose={props.onClose}
      actions={
        <>
          <Button autoFocus onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="danger" disabled={!armed} onPress={discard}>
            {t('plans.discard.go')}
          </Button>
        </>
      }
    >
      <p>{t('plans.discard.text', { n: props.prepared.approvals.length })}</p>
      {failure !== null && <FailureNote failure={failure} />}
    </Dialog>
  );
}
