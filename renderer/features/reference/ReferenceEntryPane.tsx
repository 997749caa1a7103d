/** One entry of the reference: its values with their paths for runbooks, what an expert adds, where it comes from. */
import type { ReactElement } from 'react';
import type { ReferenceValue } from '../../../electron/contract/reference.ts';
import type { RunbookId } from '../../../electron/contract/ids.ts';
import { valueText, type ReferenceHit } from '../../../electron/domain/reference/lookUp.ts';
import { formatRoute } from '../../app/router.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { CopyButton, SectionTitle } from '../../ui/bits.tsx';
import { Markdown } from '../../ui/Markdown.tsx';

export function ReferenceEntryPane({ hit }: { readonly hit: ReferenceHit }): ReactElement {
  const { page, entry } = hit;
  const known = useValue(useApp().library).value?.runbooks ?? [];
  return (
    <section className="reader" data-region aria-label={entry.title} tabIndex={-1}>
      <header className="reader__head">
        <div className="reader__title">
          <h1>{entry.title}</h1>
          <p className="meta">
            <span>{page.title}</span>
            <span>{page.service}</span>
            {entry.section !== undefined && <span>{entry.section}</span>}
            <span>{t('reference.source', { document: page.document, ...entry.lines })}</span>
          </p>
        </div>
      </header>
      <div className="reader__body" tabIndex={0} role="region" aria-label={t('reference.entry')}>
        <div className="doc">
          {entry.description !== undefined && (
            <div className="lead">
              <Markdown text={entry.description} />
            </div>
          )}
          {entry.scope !== undefined && (
            <p>
              <b>{t('reference.scope')}:</b> {visible(entry.scope)}
            </p>
          )}
          {entry.values.length > 0 && <Values hit={hit} />}
          {entry.expert !== undefined && (
            <section>
              <SectionTitle>{t('reference.expert')}</SectionTitle>
              <Markdown text={entry.expert.note} />
              {entry.expert.defects.length > 0 && (
                <p className="dim">
                  {t('reference.defects', {
                    list: entry.expert.defects.map((n) => `#${String(n)}`).join(', '),
                  })}
                </p>
              )}
            </section>
          )}
          {entry.runbooks.length > 0 && (
            <section>
              <SectionTitle>{t('reference.runbooks')}</SectionTitle>
              <ul className="bullets">
                {entry.runbooks.map((id) => {
                  const runbook = known.find((each) => each.id === id);
                  return (
                    <li key={id}>
                      {runbook === undefined ? (
                        t('reference.missing', { id })
                      ) : (
                        <a href={formatRoute({ place: 'library', id: id as RunbookId })}>{runbook.title}</a>
                      )}
                    </li>
                  );
                })}
              </ul>
            </section>
          )}
          <div className="dim">
            <Markdown text={page.summary} />
          </div>
        </div>
      </div>
    </section>
  );
}

function Values({ hit }: { readonly hit: ReferenceHit }): ReactElement {
  const { page, entry } = hit;
  return (
    <div className="matrix">
      <table className="table reference__values">
        <thead>
          <tr>
            <th scope="col">{t('reference.name')}</th>
            <th scope="col">{t('reference.value')}</th>
            <th scope="col">{t('reference.means')}</th>
            <th scope="col">{t('reference.configurable')}</th>
            <th scope="col">{t('reference.use')}</th>
          </tr>
        </thead>
        <tbody>
          {entry.values.map((value) => {
            const path = `${page.id}.${entry.id}.${value.name}`;
            return (
              <tr key={value.name}>
                <th scope="row">{value.name}</th>
                <td>
                  <b>{said(value)}</b>
                </td>
                <td>{visible(value.what ?? '')}</td>
                <td className="mono">{visible(value.configurable ?? '')}</td>
                <td className="reference__path">
                  <code>{path}</code> <CopyButton text={path} label={t('reference.copy')} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function said(value: ReferenceValue): string {
  const text = visible(valueText(value));
  return value.kind === 'number' && value.unit !== undefined
    ? t('reference.unit', { value: text, unit: value.unit })
    : text;
}
