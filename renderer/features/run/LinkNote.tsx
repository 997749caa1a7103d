/** Why the terminal has no connection, and the way back to one, whatever step has the turn. */
import { useState, type ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { useCommand } from '../../app/commands.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/useNow.ts';
import { ChangedKeyNote } from './ChangedKeyNote.tsx';
import { lossWords, secondsToRetry } from './linkWords.ts';
import { linkOf } from './model.ts';
import { ReplaceKeyDialog } from './ReplaceKeyDialog.tsx';

export function LinkNote(props: {
  readonly run: OpenRun;
  readonly target: TargetView;
  readonly env: string;
}): ReactElement | null {
  const { run, target } = props;
  const app = useApp();
  const now = useNow();
  const [replacing, setReplacing] = useState(false);
  const link = linkOf(run.links, target.name);
  const away = !target.connected && link?.state !== 'connecting' && link?.state !== 'asking';
  const connect = (): void => {
    void app.run.intent({ kind: 'connect', target: target.name }).then((result) => {
      if (!result.ok) app.notices.add(result.error);
    });
  };
  useCommand('connect', connect, away);
  if (!away) return null;
  const retry = secondsToRetry(link, run.linksSince[target.name] ?? now, now);
  const changed = link?.failure?.changedKey;
  const again = (
    <Button keys="Alt+R" onPress={connect}>
      {t(retry === null ? 'connect' : 'connect-now')}
    </Button>
  );
  if (link?.failure !== undefined && changed !== undefined) {
    return (
      <>
        <ChangedKeyNote
          failure={link.failure}
          changed={changed}
          onReplace={() => {
            setReplacing(true);
          }}
        >
          {again}
        </ChangedKeyNote>
        {replacing && (
          <ReplaceKeyDialog
            target={target.name}
            changed={changed}
            env={props.env}
            onClose={() => {
              setReplacing(false);
            }}
          />
        )}
      </>
    );
  }
  const loss = lossWords(target);
  return (
    <div className="term__idle">
      {link?.failure === undefined ? (
        <p>{loss ?? t('ready.connect')}</p>
      ) : (
        <FailureNote failure={link.failure} />
      )}
      <p className="term__retry">
        {retry !== null && <span className="tnum">{t('lost.retry', { s: retry })}</span>}
        {again}
      </p>
    </div>
  );
}
