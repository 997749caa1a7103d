/** Secrets that the run needs and the app does not hold (it was started anew): asked for here, kept in memory only. */
import { useState, type ReactElement } from 'react';
import type { RunSnapshot } from '../../../electron/contract/views.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { SecretField } from '../../ui/SecretField.tsx';

type Missing = NonNullable<RunSnapshot['secrets']>[number];

/** Those that must be given again before a step can use them. Nothing is asked of a run that is over or only looked at. */
export function missingSecrets(run: OpenRun): readonly Missing[] {
  if (!run.snapshot.live || run.state.end !== null) return [];
  return (run.snapshot.secrets ?? []).filter((each) => !each.held);
}

export function SecretsNote({ run }: { readonly run: OpenRun }): ReactElement | null {
  const missing = missingSecrets(run);
  if (missing.length === 0) return null;
  return (
    <section className="secrets-note" aria-label={t('secrets.title')}>
      <p>
        <b>{t('secrets.title')}</b> {t('secrets.text')} {t('secret.kept')}
      </p>
      {missing.map((each) => (
        <Ask key={each.name} run={run} secret={each} />
      ))}
    </section>
  );
}

function Ask({ run, secret }: { readonly run: OpenRun; readonly secret: Missing }): ReactElement {
  const app = useApp();
  const [value, setValue] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const give = (): void => {
    if (value === '') return;
    void app.client.call('run.secret', { runId: run.runId, name: secret.name, value }).then((result) => {
      setFailure(result.ok ? null : result.error);
      if (!result.ok) return;
      setValue('');
      void app.run.reopen();
    });
  };
  return (
    <form
      className="secrets-note__one"
      onSubmit={(event) => {
        event.preventDefault();
        give();
      }}
    >
      <SecretField label={secret.title} value={value} onChange={setValue} />
      <Button type="submit" disabled={value === ''} onPress={() => undefined}>
        {t('secrets.give')}
      </Button>
      {failure !== null && <FailureNote failure={failure} />}
    </form>
  );
}
