/** What the terminal below is connected to, and how: address, recording, cipher, host key, last step. */
import type { ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { stateWords } from '../../format/describe.ts';
import { clockSpan } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { linkOf } from './model.ts';

export function TerminalHeader({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView | undefined;
}): ReactElement {
  const link = linkOf(run.links, target?.name);
  const last = [...run.state.steps].reverse().find((view) => view.attempts.length > 0);
  const ms = last?.attempts.at(-1)?.ms;
  const [keyType = '', fingerprint = ''] = (target?.hostKey ?? '').split(' ');
  return (
    <header className="term__head">
      <b>{target?.address ?? link?.address ?? t('blast.no-host')}</b>
      {run.snapshot.live && run.state.end === null && <span className="rec">{t('terminal.rec')}</span>}
      {target?.cipher !== undefined && (
        <span className="term__crypto" title={target.hostKey}>
          {t('terminal.crypto', {
            cipher: target.cipher,
            type: keyType,
            fingerprint: shortDigest(fingerprint),
          })}
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
    </header>
  );
}
