/** One run's evidence: verdict first, then the picture, who signed, what an auditor types, every file. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { EvidenceView as Evidence, RunSummary } from '../../../electron/contract/calls.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { stamp } from '../../format/time.ts';
import { shortDigest, size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading, SectionTitle } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { AuditorCommands } from './AuditorCommands.tsx';
import { EvidenceActions } from './EvidenceActions.tsx';
import { statusWord } from './EvidenceView.tsx';
import { Timeline } from './Timeline.tsx';
import { VerdictLines } from './VerdictLines.tsx';

export function EvidencePane({ run }: { readonly run: RunSummary }): ReactElement {
  const app = useApp();
  const { runId } = run;
  const ended = run.status === 'ended';
  const evidence = useMemo(
    () => createRemote(() => app.client.call('evidence.get', { runId })),
    [app, runId],
  );
  const story = useMemo(() => createRemote(() => app.client.call('run.open', { runId })), [app, runId]);
  const found = useValue(evidence);
  const told = useValue(story);
  const [signed, setSigned] = useState(0);
  useEffect(() => {
    if (ended) void evidence.refresh();
    void story.refresh();
  }, [evidence, story, ended, signed]);
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
      </header>
      <div className="reader__body evidence" tabIndex={0} role="region" aria-label={t('place.evidence')}>
        {!ended && <p className="lead">{t('evidence.not-yet')}</p>}
        {found.failure !== null && (
          <FailureNote failure={found.failure}>
            <Button onPress={() => void evidence.refresh()}>{t('retry-load')}</Button>
          </FailureNote>
        )}
        {ended && found.value === null && found.failure === null && <Loading />}
        {found.value !== null && <VerdictLines verdict={found.value.verdict} />}
        {told.value !== null && <Timeline snapshot={told.value} />}
        {found.value !== null && <Details evidence={found.value} />}
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
      <section>
        <SectionTitle>{t('evidence.signatures')}</SectionTitle>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('evidence.role')}</th>
              <th scope="col">{t('evidence.principal')}</th>
              <th scope="col">{t('evidence.key')}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.signatures.map((each) => (
              <tr key={`${each.role}:${each.fingerprint}`}>
                <td>{t(each.role === 'seal' ? 'evidence.seal' : 'evidence.operator')}</td>
                <td className="mono">{each.principal}</td>
                <td className="mono">
                  {t('evidence.key.value', { type: each.keyType, fingerprint: each.fingerprint })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
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
              <th scope="col">{t('evidence.size')}</th>
              <th scope="col">{t('evidence.sha256')}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.files.map((file) => (
              <tr key={file.path}>
                <td className="mono">{file.path}</td>
                <td className="tnum">{size(file.bytes)}</td>
                <td className="mono" title={file.sha256}>
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
