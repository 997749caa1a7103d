/** The library: dense list on the left, the chosen runbook as a document on the right, one primary action. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { RunSummary } from '../../../electron/contract/views.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { BrokenPane } from './BrokenPane.tsx';
import { DocumentPane } from './DocumentPane.tsx';
import { findInList } from './findInList.ts';
import { LibraryList } from './LibraryList.tsx';
import { documentKey, everything, libraryRows, type Filter, type Row } from './libraryModel.ts';
import { dueByRunbook } from './pastModel.ts';
import { RunbookPane } from './RunbookPane.tsx';

export function LibraryView({ id }: { readonly id: RunbookId | null }): ReactElement {
  const app = useApp();
  const library = useValue(app.library);
  const runs = useValue(app.runs);
  const health = useValue(app.health);
  const reference = useValue(app.reference);
  const documents = useValue(app.documents);
  const [filter, setFilter] = useState<Filter>(everything);
  const [other, setOther] = useState<string | null>(null);
  const [opened] = useState(() => Date.now());
  const due = useMemo(
    () => dueByRunbook(reference.value ?? [], runs.value ?? [], opened),
    [reference.value, runs.value, opened],
  );
  const rows = useMemo(
    () =>
      libraryRows(
        {
          runs: runs.value ?? [],
          runbooks: library.value?.runbooks ?? [],
          broken: library.value?.broken ?? [],
          documents: documents.opened,
          health: health.value ?? [],
          due,
        },
        filter,
      ),
    [runs.value, library.value, documents.opened, health.value, due, filter],
  );
  const services = useMemo(
    () => [...new Set((library.value?.runbooks ?? []).map(({ service }) => service))].sort(),
    [library.value],
  );
  useEffect(() => {
    if (library.value === null) return;
    void app.reference.refresh();
    // Every runbook is linted for this: only when somebody wants to know.
    if (filter.notYet) void app.health.refresh();
  }, [app, library.value, filter.notYet]);
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
  const openDocument = (file: File): void => {
    void app.documents.open(file).then((document) => {
      if (document !== null) setOther(documentKey(document));
    });
  };
  useCommand('open-document', () => document.querySelector<HTMLElement>('.library__open button')?.click());
  useCommand('primary', () => {
    start(false);
  });
  useCommand('secondary', () => {
    start(true);
  });
  useCommand('find', findInList);

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
        services={services}
        onFilter={setFilter}
        onSelect={select}
        onDocument={openDocument}
        failure={documents.failure}
        checking={filter.notYet && health.loading}
      />
      {selected?.kind === 'runbook' && (
        <RunbookPane
          key={selected.runbook.id}
          summary={selected.runbook}
          due={selected.due}
          onStart={start}
        />
      )}
      {selected?.kind === 'document' && (
        <DocumentPane
          key={selected.key}
          document={selected.document}
          onClose={() => {
            setOther(null);
            app.documents.close(selected.document.file);
          }}
        />
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
