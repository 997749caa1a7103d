/** Why the terminal has no connection, and the way back to one, whatever step has the turn. */
import type { ReactElement } from 'react';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { linkOf } from './model.ts';

export function LinkNote({
  run,
  target,
}: {
  readonly run: OpenRun;
  readonly target: TargetView;
}): ReactElement | null {
  const app = useApp();
  const link = linkOf(run.links, target.name);
  if (target.connected || link?.state === 'connecting' || link?.state === 'asking') return null;
  const connect = (): void => {
    void app.run.intent({ kind: 'connect', target: target.name }).then((result) => {
      if (!result.ok) app.notices.add(result.error);
    });
  };
  const again = <Button onPress={connect}>{t('connect')}</Button>;
  if (link?.failure !== undefined) return <FailureNote failure={link.failure}>{again}</FailureNote>;
  return (
    <p className="term__idle">
      {target.lostWhy ?? t('ready.connect')} {again}
    </p>
  );
}
