/** One run's evidence: verdict first, then the picture, who signed, what an auditor types, every file. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { EvidenceView as Evidence, RunSummary } from '../../../electron/contract/views.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { stamp } from '../../format/time.ts';
import { shortDigest, size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { ReportMenu } from '../report/ReportMenu.tsx';
import { AuditorCommands } from './AuditorCommands.tsx';
import { EvidenceActions } from './EvidenceActions.tsx';
import { DemandedOfRun, SignatureTable } from './PeopleOfRun.tsx';
import { RecordMarks } from './RecordMarks.tsx';
import { Reviews } from './Reviews.tsx';
import { SealBlockPanel } from './SealBlockPanel.tsx';
import { TimestampCard } from './TimestampCard.tsx';
import { statusWord } from './EvidenceView.tsx';
import { Timeline } from './Timeline.tsx';
import { ViewerButton } from './ViewerButton.tsx';
import { VerdictLines } from './VerdictLines.tsx';

export function EvidencePane({ run }: { readonly run: RunSummary }): ReactElement {
  const app = useApp();
  const { runId } = run;
  const ended = run.status === 'ended';
  const blocked = ended && run.sealBlocked === true;
  const evidence = useMemo(
    () => createRemote(() => app.client.call('evidence.get', { runId })),
    [app, runId],
  );
  const story = useMemo(() => createRemote(() => app.client.call('run.open', { runId })), [app, runId]);
  const found = useValue(evidence);
  const told = useValue(story);
  const [signed, setSigned] = useState(0);
  useEffect(() => {
    if (ended && !blocked) void evidence.refresh();
    void story.refresh();
  }, [evidence, story, ended, blocked, signed]);
  const open = (): void => {
    go({ place: 'run', runId });
  };
  useCommand('primary', open, !ended);
  return (
    <section className="reader" data-region tabIndex={-1} aria-label={run.title}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{run.title}</h1>
          <p className="meta">
            <span className="mono">{runId}</span>
            <span>{stamp(run.startedAt)}</span>
            <span>{run.operator}</span>
            <span>{t('version', { version: run.version })}</span>
          </p>
        </div>
        {run.rehearsal && <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>}
        <span className={`result result--${run.result ?? run.status}`}>{statusWord(run)}</span>
        {found.value !== null && (
          <>
            <ViewerButton runId={runId} />
            <ReportMenu of={{ kind: 'run', runId }} />
          </>
        )}
      </header>
      <div className="reader__body evidence" tabIndex={0} role="region" aria-label={t('place.evidence')}>
        {!ended && <p className="lead">{t('evidence.not-yet')}</p>}
        {found.failure !== null && (
          <FailureNote failure={found.failure}>
            <Button onPress={() => void evidence.refresh()}>{t('retry-load')}</Button>
          </FailureNote>
        )}
        {blocked && (
          <SealBlockPanel
            runId={runId}
            onSealed={() => {
              void evidence.refresh();
              void app.runs.refresh();
            }}
          />
        )}
        {ended && !blocked && found.value === null && found.failure === null && <Loading />}
        {found.value !== null && <VerdictLines verdict={found.value.verdict} />}
        {told.value !== null && <Timeline snapshot={told.value} />}
        {told.value !== null && <RecordMarks snapshot={told.value} />}
        {found.value !== null && (
          <>
            <DemandedOfRun evidence={found.value} />
            <Reviews
              evidence={found.value}
              operator={told.value?.plan.operator.principal}
              onGiven={() => void evidence.refresh()}
            />
            <TimestampCard
              evidence={found.value}
              onStamped={(next) => {
                evidence.put(next);
              }}
            />
            <Details evidence={found.value} />
          </>
        )}
      </div>
      {ended ? (
        found.value !== null && (
          <EvidenceActions
            evidence={found.value}
            onSigned={(next) => {
              evidence.put(next);
              setSigned(signed + 1);
            }}
          />
        )
      ) : (
        <footer className="actionbar">
          <Button look="primary" keys="Alt+Enter" onPress={open}>
            {t(run.status === 'interrupted' ? 'resume' : 'open-run')}
          </Button>
        </footer>
      )}
    </section>
  );
}

function Details({ evidence }: { readonly evidence: Evidence }): ReactElement {
  return (
    <>
      <SignatureTable signatures={evidence.signatures} />
      <AuditorCommands evidence={evidence} />
      <section>
        <SectionTitle
          aside={t('evidence.bundle', { name: evidence.bundle.name, size: size(evidence.bundle.bytes) })}
        >
          {t('evidence.files', { n: evidence.files.length })}
        </SectionTitle>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('evidence.path')}</th>
              <th scope="col" className="num">
                {t('evidence.size')}
              </th>
              <th scope="col">{t('evidence.sha256')}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.files.map((file) => (
              <tr key={file.path}>
                <td className="mono">{file.path}</td>
                <td className="tnum num">{size(file.bytes)}</td>
                <td className="mono short" title={file.sha256}>
                  {shortDigest(file.sha256)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
