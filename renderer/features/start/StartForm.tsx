/** Fields on the left, what will happen on the right, one primary action at the bottom. */
import { useRef, useState, type ReactElement } from 'react';
import type { Settings } from '../../../electron/contract/settings.ts';
import type { LibraryEntry, StartDraft } from '../../../electron/contract/views.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/fields.tsx';
import { SecretField } from '../../ui/SecretField.tsx';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { ChangeCard } from './ChangeCard.tsx';
import { FaultSwitches } from './FaultSwitches.tsx';
import { OperatorCard } from './OperatorCard.tsx';
import { ParameterField } from './ParameterField.tsx';
import {
  firstFields,
  groupsOf,
  queriesOf,
  singles,
  sortProblems,
  toRequest,
  type Problem,
  type StartFields,
} from './request.ts';
import { StartSummary } from './StartSummary.tsx';
import { TargetsCard } from './TargetsCard.tsx';
import { useRoutes, useWanted } from './useRoutes.ts';
import { checkKey, useStartCheck } from './useStartCheck.ts';

interface Props {
  readonly entry: LibraryEntry;
  readonly draft: StartDraft;
  readonly settings: Settings;
  readonly rehearsal: boolean;
  readonly origin: RunId | null;
}

export function StartForm({ entry, draft, settings, rehearsal, origin }: Props): ReactElement {
  const app = useApp();
  const { runbook } = entry;
  const form = useRef<HTMLFormElement>(null);
  useArrivalFocus(form);
  const [fields, setFields] = useState<StartFields>(() => firstFields(entry, draft, rehearsal));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { answers, want } = useRoutes(app.client);
  useWanted(queriesOf(entry, fields, rehearsal), want);
  // Kept apart from the other fields: they live only as long as this form, and are dropped once they were sent.
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [typed, setTyped] = useState(0);
  const { request, problems, waiting } = toRequest(entry, fields, rehearsal, origin, answers, secrets);
  const checked = useStartCheck(app.client, request, typed, settings.operatorPrincipal);
  const checkFailure = checked?.failure ?? null;
  const operatorSet = settings.operatorName !== '' && settings.operatorPrincipal !== '';

  const known = new Set([
    ...runbook.parameters.map((p) => `parameters.${p.name}`),
    ...runbook.variants.map((v) => `variants.${v.name}`),
    ...singles(runbook).flatMap((target) => addressFields(target.name)),
    ...groupsOf(runbook).flatMap((target) => [
      `targets.${target.name}`,
      `groups.${target.name}`,
      ...(fields.groups[target.name]?.members ?? []).flatMap((member) => addressFields(member.name)),
    ]),
    ...runbook.parameters.map((p) => `secrets.${p.name}`),
    'change.ticket',
    'change.reason',
    'change.securityImpact',
    'change.fallback',
    'window.from',
    'window.to',
    'operator',
  ]);
  const { byField, others } = sortProblems(
    [
      ...problems,
      ...(checked?.check?.problems ?? []).map(atField).filter((each) => !shadowed(each.field, problems)),
    ],
    known,
  );
  const errorOf = (field: string): string | undefined => {
    if (!tried && !touched.has(field)) return undefined;
    return byField[field];
  };
  const edit = (field: string, next: StartFields): void => {
    setFields(next);
    setTouched(new Set([...touched, field, ...typedMembers(field, next)]));
    setFailure(null);
  };
  const sound = problems.length === 0 && !waiting;
  const ready = sound && checked?.of === checkKey(request, typed) && checked.check?.problems.length === 0;
  const policy = checked?.check?.policy;
  const toApprove = ready && (checked.check.policy?.approvals ?? 0) > 0;
  const approvals = (policy?.approvals ?? 0) > 0;
  const open = waiting ? 0 : Object.keys(byField).length + others.length;

  const start = (): void => {
    setTried(true);
    if (!ready || !operatorSet || busy) {
      requestAnimationFrame(focusFirstProblem);
      return;
    }
    setBusy(true);
    void (toApprove ? prepare() : begin()).finally(() => {
      setBusy(false);
    });
  };
  const prepare = async (): Promise<void> => {
    const result = await app.client.call('plan.prepare', request);
    if (!result.ok) {
      setFailure(result.error);
      return;
    }
    setSecrets({});
    void app.plans.refresh();
    go({ place: 'plans', runId: result.value.runId });
  };
  const begin = async (): Promise<void> => {
    const result = await app.client.call('start.run', request);
    if (!result.ok) {
      setFailure(result.error);
      return;
    }
    setSecrets({});
    const { runId } = result.value;
    if (origin !== null) {
      const ended = await app.client.call('run.intent', {
        runId: origin,
        intent: { kind: 'start-rollback', runbook: runbook.id, runId },
      });
      // The host may have closed the failed run itself; anything else is news for the operator.
      if (!ended.ok && ended.error.code !== 'refused') app.notices.add(ended.error);
    }
    go({ place: 'run', runId });
  };
  useCommand('primary', start);

  return (
    <main className="start">
      <header className={rehearsal ? 'start__head start__head--rehearsal' : 'start__head'}>
        <span className={rehearsal ? 'env env--rehearsal' : 'env env--prod'}>
          {t(rehearsal ? 'env.rehearsal' : 'env.prod')}
        </span>
        <div>
          <h1>{runbook.title}</h1>
          <p>{t(rehearsal ? 'start.sub.rehearsal' : 'start.sub', { version: runbook.version })}</p>
        </div>
      </header>
      <form
        ref={form}
        className="start__form"
        data-region
        tabIndex={-1}
        aria-label={t(rehearsal ? 'start.title.rehearsal' : 'start.title')}
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        {origin !== null && <p className="banner banner--notice">{t('start.origin', { run: origin })}</p>}
        {draft.from !== undefined && origin === null && (
          <p className="dim">{t('start.from', { run: draft.from })}</p>
        )}
        <OperatorCard settings={settings} tried={tried} />
        {runbook.variants.length > 0 && (
          <section className="card">
            <SectionTitle>{t('doc.variants')}</SectionTitle>
            <div className="grid2">
              {runbook.variants.map((variant) => (
                <Choice
                  key={variant.name}
                  label={variant.title}
                  value={fields.variants[variant.name] ?? ''}
                  options={variant.options}
                  error={errorOf(`variants.${variant.name}`)}
                  onChange={(id) => {
                    edit(`variants.${variant.name}`, {
                      ...fields,
                      variants: { ...fields.variants, [variant.name]: id },
                    });
                  }}
                />
              ))}
            </div>
          </section>
        )}
        <section className="card">
          <SectionTitle aside={t('start.params.count', { n: runbook.parameters.length })}>
            {t('doc.parameters')}
          </SectionTitle>
          <div className="grid2">
            {runbook.parameters.map((parameter) =>
              parameter.type.kind === 'secret' ? (
                <SecretField
                  key={parameter.name}
                  label={parameter.title}
                  value={secrets[parameter.name] ?? ''}
                  help={t('secret.kept')}
                  error={errorOf(`secrets.${parameter.name}`) ?? errorOf(`parameters.${parameter.name}`)}
                  {...(parameter.required ? { mark: t('required') } : {})}
                  onChange={(value) => {
                    setSecrets({ ...secrets, [parameter.name]: value });
                    setTyped(typed + 1);
                    setTouched(
                      new Set([...touched, `secrets.${parameter.name}`, `parameters.${parameter.name}`]),
                    );
                    setFailure(null);
                  }}
                />
              ) : (
                <ParameterField
                  key={parameter.name}
                  parameter={parameter}
                  value={fields.parameters[parameter.name] ?? ''}
                  error={errorOf(`parameters.${parameter.name}`)}
                  onChange={(value) => {
                    edit(`parameters.${parameter.name}`, {
                      ...fields,
                      parameters: { ...fields.parameters, [parameter.name]: value },
                    });
                  }}
                />
              ),
            )}
          </div>
        </section>
        <TargetsCard
          runbook={runbook}
          fields={fields}
          rehearsal={rehearsal}
          answers={answers}
          anchors={policy?.anchors === 'logger'}
          errorOf={errorOf}
          onEdit={edit}
        />
        <ChangeCard fields={fields} errorOf={errorOf} onEdit={edit} />
        {rehearsal && <FaultSwitches />}
      </form>
      <StartSummary
        entry={entry}
        digest={ready ? checked.check.digest : undefined}
        problems={others}
        policy={policy}
      />
      <footer className="actionbar start__bar">
        <div className="actionbar__note" role="status">
          {failure === null ? (
            startNote(ready, toApprove, operatorSet, open)
          ) : (
            <FailureNote failure={failure} />
          )}
          {failure === null && checkFailure !== null && <FailureNote failure={checkFailure} />}
        </div>
        <Button
          onPress={() => {
            go({ place: 'library', id: runbook.id });
          }}
        >
          {t('cancel')}
        </Button>
        <Button look="primary" keys="Alt+Enter" disabled={busy} onPress={start}>
          {t(approvals ? 'start.prepare' : rehearsal ? 'start.go.rehearsal' : 'start.go')}
        </Button>
      </footer>
    </main>
  );
}

/** A change in a group's list may show what is wrong with members that have an address already. */
function typedMembers(field: string, fields: StartFields): readonly string[] {
  if (!field.startsWith('groups.')) return [];
  const members = fields.groups[field.slice('groups.'.length)]?.members ?? [];
  return members.filter((member) => member.text !== '').flatMap((member) => addressFields(member.name));
}

function addressFields(name: string): readonly string[] {
  return [`targets.${name}`, `targets.${name}.via`, `targets.${name}.pins`, `targets.${name}.legacy`];
}

/** What the host says of the window as a whole stands under its end. */
function atField(problem: Problem): Problem {
  return problem.field === 'window' ? { ...problem, field: 'window.to' } : problem;
}

/** The host only says that an address is missing where the form says what is wrong with it. */
function shadowed(field: string, problems: readonly Problem[]): boolean {
  return problems.some((each) => each.field === field || each.field.startsWith(`${field}.`));
}

function startNote(ready: boolean, toApprove: boolean, operatorSet: boolean, open: number): string {
  if (!operatorSet) return t('start.need-operator');
  if (open > 0) return t('start.open', { n: open });
  if (toApprove) return t('start.ready.approve');
  return t(ready ? 'start.ready' : 'start.checking');
}

function focusFirstProblem(): void {
  document.querySelector<HTMLElement>('.start [aria-invalid=true], .start .operator input')?.focus();
}
