/** Opens a bundle: by file, by drop, or a sealed run of this desk. Shows how far it is and can be called off. */
import { useEffect, useRef, useState, type DragEvent, type ReactElement } from 'react';
import type { BundleView, RunSummary } from '../../../electron/contract/views.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { stamp } from '../../format/time.ts';
import { size, visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { statusWord } from '../evidence/EvidenceView.tsx';
import type { Arriving } from './store.ts';

function show(bundle: BundleView | null): void {
  if (bundle !== null) go({ place: 'bundle', id: bundle.id });
}

export function OpenBundle(): ReactElement {
  const { bundles, notices } = useApp();
  const state = useValue(bundles);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const choose = (): void => {
    const desktop = window.holdpoint;
    if (desktop === undefined) {
      input.current?.click();
      return;
    }
    void desktop.chooseFile().then(async (chosen) => {
      if (!chosen.ok) notices.add(chosen.error);
      else if (chosen.value !== null) show(await bundles.openPath(chosen.value));
    });
  };
  const take = (file: File | undefined): void => {
    if (file !== undefined) void bundles.openFile(file).then(show);
  };
  useCommand('primary', choose, state.arriving === null);
  useCommand('open-bundle', choose, state.arriving === null);
  const onDrag = (event: DragEvent): void => {
    event.preventDefault();
    setOver(event.type === 'dragover');
  };
  return (
    <main
      className="page"
      data-region
      tabIndex={-1}
      aria-label={t('bundle.open.title')}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={(event) => {
        onDrag(event);
        if (state.arriving === null) take(event.dataTransfer.files[0]);
      }}
    >
      <div className="page__column">
        <h1 className="page__title">{t('bundle.open.title')}</h1>
        <p className="lead">{t('bundle.open.text')}</p>
        {state.failure !== null && <FailureNote failure={state.failure} />}
        {state.cancelled && <p role="status">{t('bundle.cancelled')}</p>}
        <div className={over ? 'drop drop--over' : 'drop'}>
          {state.arriving === null ? (
            <>
              <p className="drop__words">{t('bundle.open.drop')}</p>
              <Button look="primary" keys="Alt+Enter" autoFocus onPress={choose}>
                {t('bundle.open.file')}
              </Button>
            </>
          ) : (
            <Progress
              arriving={state.arriving}
              onCancel={() => {
                bundles.cancel();
              }}
            />
          )}
          <input
            ref={input}
            type="file"
            className="drop__input"
            accept=".zip,application/zip"
            aria-label={t('bundle.open.label')}
            tabIndex={-1}
            onChange={(event) => {
              take(event.target.files?.[0]);
              // The same file again is a change, too.
              event.target.value = '';
            }}
          />
        </div>
        <OpenNow opened={state.opened} />
        <OwnRuns busy={state.arriving !== null} />
      </div>
    </main>
  );
}

function Progress(props: { readonly arriving: Arriving; readonly onCancel: () => void }): ReactElement {
  const { arriving } = props;
  const cancel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    cancel.current?.querySelector('button')?.focus();
  }, []);
  const name = visible(arriving.name);
  return (
    <div className="drop__progress" ref={cancel}>
      {arriving.state === 'sending' ? (
        <>
          <p role="status">{t('bundle.sending', { name })}</p>
          <progress max={arriving.bytes} value={arriving.sent} aria-label={t('bundle.sending', { name })} />
          <p className="dim tnum">
            {t('bundle.sent', { sent: size(arriving.sent), bytes: size(arriving.bytes) })}
          </p>
        </>
      ) : (
        <>
          <p role="status">{t('bundle.verifying', { name })}</p>
          <progress aria-label={t('bundle.verifying', { name })} />
        </>
      )}
      <Button onPress={props.onCancel}>{t('cancel')}</Button>
    </div>
  );
}

function OpenNow({ opened }: { readonly opened: readonly BundleView[] }): ReactElement | null {
  if (opened.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t('bundle.open.now')}</SectionTitle>
      <ul className="cards">
        {opened.map((bundle) => (
          <li key={bundle.id} className="card card--row">
            <div>
              <b>{bundle.snapshot?.runbook.title ?? visible(bundle.name)}</b>
              <p className="meta">
                <span className="mono">{visible(bundle.name)}</span>
                <span className="tnum">{size(bundle.bytes)}</span>
              </p>
            </div>
            <Button
              label={t('open-run') + ' ' + visible(bundle.name)}
              onPress={() => {
                show(bundle);
              }}
            >
              {t('open-run')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OwnRuns({ busy }: { readonly busy: boolean }): ReactElement | null {
  const { bundles, runs } = useApp();
  const ended = (useValue(runs).value ?? [])
    .filter((run) => run.status === 'ended' && run.sealBlocked !== true)
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  if (ended.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t('bundle.open.own')}</SectionTitle>
      <p className="dim">{t('bundle.open.own.text')}</p>
      <ul className="cards">
        {ended.slice(0, 50).map((run) => (
          <OwnRun
            key={run.runId}
            run={run}
            busy={busy}
            onOpen={() => {
              void bundles.openRun(run.runId).then(show);
            }}
          />
        ))}
      </ul>
    </section>
  );
}

function OwnRun(props: {
  readonly run: RunSummary;
  readonly busy: boolean;
  readonly onOpen: () => void;
}): ReactElement {
  const { run } = props;
  return (
    <li className="card card--row">
      <div>
        <b>{run.title}</b>
        <p className="meta">
          <span>{stamp(run.startedAt)}</span>
          <span>{statusWord(run)}</span>
          <span>{run.operator}</span>
        </p>
      </div>
      <Button
        disabled={props.busy}
        label={`${t('bundle.look')}: ${run.title}, ${stamp(run.startedAt)}`}
        onPress={props.onOpen}
      >
        {t('bundle.look')}
      </Button>
    </li>
  );
}
