/** A runbook held against another version of it: one that was run here, or another file. Reads; changes nothing. */
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { RunbookText, RunSummary } from '../../../electron/contract/views.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { ok, type Failure, type Result } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { stamp } from '../../format/time.ts';
import { shortDigest } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { FileButton } from '../../ui/FileButton.tsx';
import { readText } from '../../ui/save.ts';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { shown } from '../bundle/fileText.ts';
import { DiffLines, splitLines } from '../compare/DiffLines.tsx';
import { lineDiff } from '../compare/lineDiff.ts';
import { runbookOfRun } from './runbookOfRun.ts';

const MAX_FILE = 1_048_576;

interface Other {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  /** It ran: it is held against what would run now, not against the file as it was written. */
  readonly ran: { readonly rehearsal: boolean } | null;
}

export function VersionsView({ id }: { readonly id: RunbookId }): ReactElement {
  const app = useApp();
  const runs = useValue(app.runs).value;
  const [other, setOther] = useState<Other | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const rehearsal = other?.ran?.rehearsal ?? false;
  const text = useMemo(
    () => createRemote(() => app.client.call('library.text', { id, rehearsal })),
    [app, id, rehearsal],
  );
  const here = useValue(text);
  useEffect(() => {
    void text.refresh();
  }, [text]);
  const own = useMemo(
    () =>
      (runs ?? [])
        .filter((run) => run.runbook === id && run.status === 'ended')
        .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
        .slice(0, 100),
    [runs, id],
  );
  const take = (reading: Promise<Result<Other>>): void => {
    setFailure(null);
    setBusy(true);
    void reading.then((read) => {
      setBusy(false);
      if (read.ok) setOther(read.value);
      else setFailure(read.error);
    });
  };
  const openRun = (run: RunSummary): void => {
    take(
      runbookOfRun(app.client, run.runId).then((read) =>
        read.ok
          ? ok({
              key: run.runId,
              name: t('versions.run', { version: run.version, at: stamp(run.startedAt) }),
              text: read.value,
              ran: { rehearsal: run.rehearsal },
            })
          : read,
      ),
    );
  };
  const openFile = (file: File): void => {
    take(
      readText(file, MAX_FILE).then((read) =>
        read.ok ? ok({ key: 'file', name: file.name, text: read.value, ran: null }) : read,
      ),
    );
  };
  const back = (): void => {
    go({ place: 'library', id });
  };
  useCommand('back-to-current', back);
  useCommand('open-document', () => document.querySelector<HTMLElement>('.versions__file button')?.click());
  return (
    <main className="library versions">
      <section className="list" data-region aria-label={t('versions.with')} tabIndex={-1}>
        <header className="list__head">
          <h2>{t('versions.title')}</h2>
          <Button keys="Alt+Home" onPress={back}>
            {t('paper.back')}
          </Button>
          <p className="list__count library__filter">{id}</p>
          <span className="versions__file library__filter">
            <FileButton
              accept={['.yaml', '.yml', 'text/yaml', 'application/yaml']}
              keys="Alt+U"
              onFile={openFile}
            >
              {t('versions.file')}
            </FileButton>
          </span>
        </header>
        <RunList runs={own} chosen={other?.key ?? null} onOpen={openRun} />
      </section>
      <section className="reader" data-region aria-label={t('versions.title')} tabIndex={-1}>
        <div className="reader__body" tabIndex={0} role="region" aria-label={t('versions.diff')}>
          {failure !== null && <FailureNote failure={failure} />}
          {here.failure !== null && <FailureNote failure={here.failure} />}
          {busy && <Loading />}
          {other === null && !busy && failure === null && (
            <Empty title={t('versions.none')}>
              <p>{t('versions.none.text')}</p>
            </Empty>
          )}
          {other !== null && here.value !== null && <Difference other={other} here={here.value} />}
        </div>
      </section>
    </main>
  );
}

function RunList(props: {
  readonly runs: readonly RunSummary[];
  readonly chosen: string | null;
  readonly onOpen: (run: RunSummary) => void;
}): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useRoving(list, () => undefined);
  useArrivalFocus(list, '[data-item]');
  if (props.runs.length === 0) return <p className="dim versions__none">{t('versions.no-runs')}</p>;
  return (
    <ul className="list__rows" ref={list} onKeyDown={onKeyDown} aria-label={t('versions.runs')}>
      {props.runs.map((run, index) => (
        <li key={run.runId}>
          <button
            type="button"
            data-item
            className="list__row"
            tabIndex={run.runId === props.chosen || (props.chosen === null && index === 0) ? 0 : -1}
            aria-current={run.runId === props.chosen}
            onClick={() => {
              props.onOpen(run);
            }}
          >
            <span className="list__title">{t('version', { version: run.version })}</span>
            {run.rehearsal && <span className="list__aside chip chip--rehearsal">{t('env.rehearsal')}</span>}
            <span className="list__facts">
              <span>{stamp(run.startedAt)}</span>
              {run.result !== undefined && <span>{t(resultWords[run.result])}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Difference({ other, here }: { readonly other: Other; readonly here: RunbookText }): ReactElement {
  const now = other.ran === null ? here.written : here.text;
  const [before, after] = [shown(new TextEncoder().encode(other.text)), shown(new TextEncoder().encode(now))];
  const lines = useMemo(
    () => lineDiff(splitLines(before.text), splitLines(after.text)),
    [before.text, after.text],
  );
  const name = t(other.ran === null ? 'versions.now' : 'versions.now-run', { version: here.version });
  const sides = [t('versions.left', { name: other.name }), t('versions.right', { name })] as const;
  return (
    <div className="doc">
      <p>
        <b>− {sides[0]}</b>
        <br />
        <b>+ {sides[1]}</b>{' '}
        <span className="dim mono">{t('sha256.short', { digest: shortDigest(here.sha256) })}</span>
      </p>
      <SectionTitle>
        {other.text === now
          ? t('versions.same')
          : t('versions.lines', {
              added: lines.filter(({ kind }) => kind === 'right').length,
              removed: lines.filter(({ kind }) => kind === 'left').length,
            })}
      </SectionTitle>
      {other.text !== now && (
        <DiffLines title={t('versions.changed')} left={before.text} right={after.text} sides={sides} />
      )}
    </div>
  );
}
