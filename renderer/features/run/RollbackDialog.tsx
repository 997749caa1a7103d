/** What would be rolled back, last first, as the host works it out from what was really done. Begins nothing by itself. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { RollbackPlan } from '../../../electron/contract/views.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { go } from '../../app/router.ts';
import { valuesOf } from '../../../electron/domain/run/scope.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, RiskPill } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

export function RollbackDialog(props: {
  readonly run: OpenRun;
  readonly env: string;
  readonly onClose: () => void;
}): ReactElement {
  const { run, env, onClose } = props;
  const app = useApp();
  const remote = useMemo(
    () => createRemote(() => app.client.call('run.rollback-plan', { runId: run.runId })),
    [app, run.runId],
  );
  const { value: plan, failure } = useValue(remote);
  useEffect(() => {
    void remote.refresh();
  }, [remote]);
  const begin = (id: RunbookId): void => {
    onClose();
    go({ place: 'start', id, rehearsal: run.snapshot.plan.rehearsal, origin: run.runId });
  };
  const made = plan?.runbook;
  const linked = run.snapshot.runbook.rollback;
  return (
    <Dialog
      title={t('undo.title')}
      tone="danger"
      wide
      env={env}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {t('cancel')}
          </Button>
          {linked !== undefined && (
            <Button
              look="danger"
              onPress={() => {
                begin(linked);
              }}
            >
              {t('undo.start-linked', { runbook: linked })}
            </Button>
          )}
          {made !== undefined && (
            <Button
              look="danger"
              onPress={() => {
                begin(made);
              }}
            >
              {t('undo.start')}
            </Button>
          )}
        </>
      }
    >
      {linked !== undefined && <p>{t('undo.linked', { runbook: linked })}</p>}
      {failure !== null && <FailureNote failure={failure} />}
      {plan === null && failure === null && <p role="status">{t('undo.loading')}</p>}
      {plan !== null && <UndoList plan={plan} values={valuesOf(run.state, run.snapshot.plan)} />}
      <p className="dim">{t('ask.rollback.means')}</p>
    </Dialog>
  );
}

function UndoList({
  plan,
  values,
}: {
  readonly plan: RollbackPlan;
  readonly values: Readonly<Record<string, string>>;
}): ReactElement {
  return (
    <>
      {plan.undo.length === 0 ? (
        <p>{t('undo.none')}</p>
      ) : (
        <>
          <p>{t('undo.text')}</p>
          <ol className="undo" aria-label={t('undo.order')}>
            {plan.undo.map((each) => (
              <li key={each.step}>
                <p>
                  <b>{visible(each.how.kind === 'command' ? each.how.title : each.title)}</b>{' '}
                  {each.how.kind === 'command' ? (
                    <>
                      <span className="dim">
                        {each.how.members === undefined
                          ? t('undo.on', { target: each.how.on })
                          : t('undo.on-members', {
                              members: each.how.members.join(', '),
                              target: each.how.on,
                            })}
                      </span>{' '}
                      <RiskPill risk={each.how.risk} />
                    </>
                  ) : (
                    <span className="dim">{t('undo.runbook', { runbook: each.how.runbook })}</span>
                  )}
                </p>
                {each.uncertain && (
                  <p className="warn">
                    △ {visible(each.title)}: {t('undo.uncertain')}
                  </p>
                )}
                {each.how.kind === 'command' && (
                  <pre className="undo__command">
                    <code>{visible(each.how.command)}</code>
                  </pre>
                )}
                {each.how.kind === 'command' &&
                  namedIn(each.how.command, values).map(([name, value]) => (
                    <p key={name} className="undo__value mono dim">
                      {name} = {visible(value)}
                    </p>
                  ))}
              </li>
            ))}
          </ol>
        </>
      )}
      {plan.without.length > 0 && (
        <>
          <h3 className="undo__without">{t('undo.without')}</h3>
          <ul className="bullets">
            {plan.without.map((each) => (
              <li key={each.step}>
                {visible(each.title)} <span className="dim">{each.why}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** The values of this run that the command names. */
function namedIn(
  command: string,
  values: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(values).filter(
    ([name]) => command.includes(`\${${name}}`) || command.includes(`\${raw:${name}}`),
  );
}
