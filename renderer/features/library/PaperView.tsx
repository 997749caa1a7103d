/** The paper version of a runbook: what to do when there is no screen. Shown as it prints; printing is the only thing to do. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { LibraryEntry } from '../../../electron/contract/views.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { useCommand } from '../../app/commands.ts';
import { go } from '../../app/router.ts';
import { parameterHelp } from '../../format/describe.ts';
import { stamp, wordSpan } from '../../format/time.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { QrCode } from '../../ui/QrCode.tsx';
import { PaperExceptions, PaperParticipants, PaperSignatures, participantsOf } from './PaperForms.tsx';
import { PaperStep } from './PaperStep.tsx';
import { phaseStarts } from './RunbookDocument.tsx';

export function PaperView({ id }: { readonly id: RunbookId }): ReactElement {
  const app = useApp();
  const entry = useMemo(() => createRemote(() => app.client.call('library.get', { id })), [app, id]);
  const { value, failure } = useValue(entry);
  useEffect(() => {
    void entry.refresh();
  }, [entry]);
  const print = (): void => {
    globalThis.print();
  };
  const back = (): void => {
    go({ place: 'library', id });
  };
  useCommand('primary', print, value !== null);
  useCommand('paper', print, value !== null);
  useCommand('back-to-current', back);
  return (
    <main className="paperview">
      <header className="paperview__bar">
        <h2>{t('paper.title')}</h2>
        <p className="dim">{t('paper.note')}</p>
        <Button keys="Alt+Home" onPress={back}>
          {t('paper.back')}
        </Button>
        <Button look="primary" keys="Alt+Enter" disabled={value === null} onPress={print}>
          {t('paper.print')}
        </Button>
      </header>
      <div className="paperview__desk" data-region tabIndex={0} role="region" aria-label={t('paper.title')}>
        {failure !== null && <FailureNote failure={failure} />}
        {value === null && failure === null && <Loading />}
        {value !== null && <Paper entry={value} />}
      </div>
    </main>
  );
}

const blanks: readonly MessageKey[] = ['paper.change', 'paper.site', 'paper.date', 'paper.window'];

function Paper({ entry }: { readonly entry: LibraryEntry }): ReactElement {
  const { runbook, sha256 } = entry;
  const starts = phaseStarts(runbook);
  const people = participantsOf(runbook);
  return (
    <article className="paper">
      <header className="paper__head">
        <div>
          <h1>{runbook.title}</h1>
          <p>
            {t('version', { version: runbook.version })} · {runbook.service} · {runbook.id}
          </p>
          <p className="paper__digest">
            {t('paper.digest')} <span className="mono">{sha256}</span>
          </p>
        </div>
        <div className="paper__qr">
          <QrCode text={`sha256:${sha256}`} label={t('paper.qr')} />
        </div>
      </header>
      <dl className="paper__blanks">
        {blanks.map((key) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd />
          </div>
        ))}
      </dl>
      <section>
        <h2>{t('paper.purpose')}</h2>
        <p>{runbook.summary}</p>
      </section>
      <PaperParticipants roles={people} />
      {runbook.abort.length > 0 && (
        <section className="paper__abort">
          <h2>{t('doc.abort')}</h2>
          <ul>
            {runbook.abort.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
      {runbook.parameters.length > 0 && (
        <section>
          <h2>{t('paper.values')}</h2>
          <dl className="paper__values">
            {runbook.parameters.map((parameter) => (
              <div key={parameter.name}>
                <dt>
                  {parameter.title} <code>{t('template.ref', { name: parameter.name })}</code>
                </dt>
                <dd>{parameter.default ?? <span>{parameterHelp(parameter.type)}</span>}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {runbook.phases.map((phase, index) => (
        <section key={phase.id}>
          <h2>
            {phase.title}
            {phase.budgetMs !== undefined && (
              <span>{t('doc.budget', { span: wordSpan(phase.budgetMs) })}</span>
            )}
          </h2>
          <table className="paper__steps">
            <thead>
              <tr>
                <th scope="col" className="paper__n">
                  {t('paper.step')}
                </th>
                <th scope="col">{t('paper.activity')}</th>
                <th scope="col" className="paper__initials">
                  {t('paper.initials')}
                </th>
                <th scope="col" className="paper__time">
                  {t('paper.time')}
                </th>
              </tr>
            </thead>
            <tbody>
              {phase.steps.map((step, at) => (
                <PaperStep key={step.id} step={step} n={(starts[index] ?? 0) + at + 1} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
      <PaperExceptions />
      <PaperSignatures roles={people} />
      <footer className="paper__foot">{t('paper.made', { at: stamp(new Date().toISOString()) })}</footer>
    </article>
  );
}
