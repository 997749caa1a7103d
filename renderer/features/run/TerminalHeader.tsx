/** What the terminal below is connected to, and how: address, recording, cipher, host key, shell, last step. */
import { useState, type ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan, timeOf } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { Button } from '../../ui/Button.tsx';
import { ConnectionDialog } from './ConnectionDialog.tsx';
import { shellHints } from './linkWords.ts';
import { linkOf } from './model.ts';

export function TerminalHeader({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView | undefined;
}): ReactElement {
  const link = linkOf(run.links, target?.name);
  const live = run.snapshot.live && run.state.end === null;
  const last = run.state.steps.findLast((view) => view.attempts.length > 0);
  const ms = last?.attempts.at(-1)?.ms;
  const [keyType = '', fingerprint = ''] = (target?.hostKey ?? '').split(' ');
  const hints = target === undefined ? [] : shellHints(target);
  return (
    <>
      <header className="term__head">
        <b>{target?.address ?? link?.address ?? t('blast.no-host')}</b>
        {target?.memberOf !== undefined && (
          <span className="chip chip--quiet">
            {t('terminal.member', { name: target.name, group: target.memberOf })}
          </span>
        )}
        {live &&
          (isWithheld(run, target) ? (
            <span className="chip chip--hold">{t('terminal.unrecorded')}</span>
          ) : (
            target?.connected === true && <span className="rec">{t('terminal.rec')}</span>
          ))}
        {target?.shell === 'none' && <span className="chip chip--hold">{t('observed')}</span>}
        {target?.cipher !== undefined && (
          <span className="term__crypto" title={`${target.hostKey ?? ''} · ${target.cipher}`}>
            <span>{t('terminal.host-key', { type: keyType, fingerprint: shortDigest(fingerprint) })}</span>
            <span>{target.cipher}</span>
          </span>
        )}
        <span className="term__last">
          {last !== undefined &&
            (ms === undefined
              ? t('terminal.last', { n: last.index + 1, state: t(stateWords[last.status.state]) })
              : t('terminal.last-time', {
                  n: last.index + 1,
                  state: t(stateWords[last.status.state]),
                  span: clockSpan(ms),
                }))}
        </span>
        {target !== undefined && <LiveShell target={target} can={live && !isBusy(run, target)} />}
        {target !== undefined && <ConnectionButton run={run} target={target} />}
      </header>
      {hints.length > 0 && live && (
        <ul className="term__hints">
          {hints.map((hint) => (
            <li key={hint}>{hint}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Whether a command runs there of which nothing is kept. */
function isWithheld(run: OpenRun, target: TargetView | undefined): boolean {
  return run.state.steps.some(
    (view) =>
      view.status.state === 'running' &&
      view.attempts.some(
        (each) => each.target === target?.name && each.end === undefined && each.withheld === true,
      ),
  );
}

/** Whether a step's command runs there: the pane is the command's then. */
function isBusy(run: OpenRun, target: TargetView): boolean {
  return run.state.steps.some(
    (view) =>
      view.status.state === 'running' &&
      view.attempts.some((attempt) => attempt.target === target.name && attempt.end === undefined),
  );
}

/** The live shell between steps: what it said last, as observed, and the way to have a nested shell report. */
function LiveShell(props: { readonly target: TargetView; readonly can: boolean }): ReactElement {
  const app = useApp();
  const { target } = props;
  const { lastObserved } = target;
  const can = props.can && target.connected && target.shell !== 'none';
  const track = (): void => {
    void app.run.intent({ kind: 'track-shell', target: target.name }).then((result) => {
      if (!result.ok) app.notices.add(result.error);
    });
  };
  useCommand('track-shell', track, can);
  return (
    <>
      {lastObserved !== undefined && (
        <span className="term__observed" title={t('shell.observed.means')}>
          {lastObserved.exit === undefined
            ? t('shell.observed.none', { time: timeOf(lastObserved.at) })
            : t('shell.observed', { exit: lastObserved.exit, time: timeOf(lastObserved.at) })}
          {lastObserved.depth > 0 && ` ${t('shell.nested', { n: lastObserved.depth })}`}
        </span>
      )}
      {can && (
        <Button look="bare" label={t('shell.track.label')} onPress={track}>
          {t('shell.track')}
        </Button>
      )}
    </>
  );
}

function ConnectionButton({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView;
}): ReactElement {
  const [open, setOpen] = useState(false);
  const show = (): void => {
    setOpen(true);
  };
  useCommand('connection', show);
  return (
    <>
      <Button look="bare" label={t('connection.open', { target: target.name })} onPress={show}>
        {t('connection.button')}
      </Button>
      {open && (
        <ConnectionDialog
          run={run}
          target={target}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
