/** The start form: everything that will be asked and done, before anything runs. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { RunbookId, RunId } from '../../../electron/contract/ids.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { createRemote } from '../../state/remote.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { StartForm } from './StartForm.tsx';

export function StartView(props: {
  readonly id: RunbookId;
  readonly rehearsal: boolean;
  readonly origin: RunId | null;
}): ReactElement {
  const app = useApp();
  const { id, rehearsal, origin } = props;
  const from = useMemo(() => (origin === null ? {} : { origin }), [origin]);
  const entry = useMemo(
    () => createRemote(() => app.client.call('library.get', { id, rehearsal, ...from })),
    [app, id, rehearsal, from],
  );
  const draft = useMemo(
    () => createRemote(() => app.client.call('start.draft', { runbook: id, rehearsal, ...from })),
    [app, id, rehearsal, from],
  );
  const runbook = useValue(entry);
  const prefill = useValue(draft);
  const settings = useValue(app.settings);
  useEffect(() => {
    void entry.refresh();
    void draft.refresh();
    if (rehearsal) void app.faults.refresh();
  }, [entry, draft, app, rehearsal]);
  const failure = runbook.failure ?? prefill.failure ?? settings.failure;
  if (failure !== null) {
    return (
      <main className="page">
        <FailureNote failure={failure} />
      </main>
    );
  }
  if (runbook.value === null || prefill.value === null || settings.value === null) {
    return (
      <main className="page">
        <Loading />
        <span className="sr-only">{t('start.title')}</span>
      </main>
    );
  }
  return (
    <StartForm
      entry={runbook.value}
      draft={prefill.value}
      settings={settings.value}
      rehearsal={rehearsal}
      origin={origin}
    />
  );
}
