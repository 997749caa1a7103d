/** The library: dense list on the left, the chosen runbook as a document on the right, one primary action. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { BrokenRunbook, RunbookSummary, RunSummary } from '../../../electron/contract/views.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { BrokenPane } from './BrokenPane.tsx';
import { LibraryList, type Row } from './LibraryList.tsx';
import { RunbookPane } from './RunbookPane.tsx';

/** Kinds that answer something gone wrong come last: nobody should start one by reflex. */
const lastKinds: readonly string[] = ['rollback', 'emergency', 'reference'];

/** Interrupted runs first, then runbooks by title, then files that could not be read. */
export function libraryRows(
  runs: readonly RunSummary[],
  runbooks: readonly RunbookSummary[],
  broken: readonly BrokenRunbook[],
  filter: string,
): readonly Row[] {
  const wanted = filter.trim().toLowerCase();
  const fits = (...texts: readonly string[]): boolean =>
    wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
  return [
    ...runs
      .filter((run) => run.status === 'interrupted' || run.status === 'open')
      .filter((run) => fits(run.title))
      .map((run): Row => ({ kind: 'run', key: run.runId, run })),
    ...[...runbooks]
      .sort((a, b) => lastKinds.indexOf(a.kind) - lastKinds.indexOf(b.kind) || a.title.localeCompare(b.title))
      .filter((each) => fits(each.title, each.service, each.id, each.kind))
      .map((runbook): Row => ({ kind: 'runbook', key: runbook.id, runbook })),
    ...broken
      .filter((each) => fits(each.file))
      .map((file): Row => ({ kind: 'broken', key: file.file, file })),
  ];
}

export function LibraryView({ id }: { readonly id: RunbookId | null }): ReactElement {
  const app = useApp();
  const library = useValue(app.library);
  const runs = useValue(app.runs);
  const [filter, setFilter] = useState('');
  const [other, setOther] = useState<string | null>(null);
  const rows = useMemo(
    () => libraryRows(runs.value ?? [], library.value?.runbooks ?? [], library.value?.broken ?? [], filter),
    [runs.value, library.value, filter],
  );
  const firstRunbook = rows.find((row) => row.kind === 'runbook');
  const selected =
    rows.find((row) => row.key === other) ??
    rows.find((row) => row.kind === 'runbook' && row.key === id) ??
    firstRunbook ??
    rows[0];

  useEffect(() => {
    if (id === null && firstRunbook?.kind === 'runbook') {
      go({ place: 'library', id: firstRunbook.runbook.id }, 'replace');
    }
  }, [id, firstRunbook]);

  const select = (row: Row): void => {
    setOther(row.kind === 'runbook' ? null : row.key);
    if (row.kind === 'runbook') go({ place: 'library', id: row.runbook.id }, 'replace');
  };
  const start = (rehearsal: boolean): void => {
    if (selected?.kind === 'runbook') {
      go({ place: 'start', id: selected.runbook.id, rehearsal, origin: null });
    } else if (selected?.kind === 'run' && !rehearsal) {
      go({ place: 'run', runId: selected.run.runId });
    }
  };
  useCommand('primary', () => {
    start(false);
  });
  useCommand('secondary', () => {
    start(true);
  });
  useCommand('find', () => document.querySelector<HTMLInputElement>('.library__filter input')?.focus());

  if (library.value === null) {
    return (
      <main className="page">
        {library.failure === null ? (
          <Loading />
        ) : (
          <FailureNote failure={library.failure}>
            <Button onPress={() => void app.library.refresh()}>{t('retry-load')}</Button>
          </FailureNote>
        )}
      </main>
    );
  }
  if (library.value.runbooks.length === 0 && library.value.broken.length === 0) {
    return (
      <main className="page page--center">
        <Empty
          title={t('library.empty')}
          actions={
            <Button look="primary" onPress={() => void app.library.refresh()}>
              {t('library.reload')}
            </Button>
          }
        >
          <p>{t('library.empty.text')}</p>
        </Empty>
      </main>
    );
  }
  return (
    <main className="library">
      <LibraryList
        rows={rows}
        selected={selected?.key ?? null}
        filter={filter}
        onFilter={setFilter}
        onSelect={select}
      />
      {selected?.kind === 'runbook' && (
        <RunbookPane key={selected.runbook.id} summary={selected.runbook} onStart={start} />
      )}
      {selected?.kind === 'broken' && <BrokenPane file={selected.file} />}
      {selected?.kind === 'run' && <InterruptedPane run={selected.run} />}
      {selected === undefined && (
        <section className="reader reader--empty">
          <Empty title={t('library.none-match')} />
        </section>
      )}
    </main>
  );
}

function InterruptedPane({ run }: { readonly run: RunSummary }): ReactElement {
  const interrupted = run.status === 'interrupted';
  return (
    <section className="reader" data-region aria-label={run.title} tabIndex={-1}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{run.title}</h1>
          <p className="meta">
            <span>{run.runId}</span>
          </p>
        </div>
      </header>
      <div className="reader__body">
        <p className="lead">
          {t(interrupted ? 'library.interrupted.text' : 'library.open.text', {
            done: run.stepsDone,
            steps: run.steps,
            operator: run.operator,
          })}
        </p>
      </div>
      <footer className="actionbar">
        <Button
          look="primary"
          keys="Alt+Enter"
          onPress={() => {
            go({ place: 'run', runId: run.runId });
          }}
        >
          {t(interrupted ? 'resume' : 'open-run')}
        </Button>
      </footer>
    </section>
  );
}
