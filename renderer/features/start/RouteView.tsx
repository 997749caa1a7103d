/** How a typed address would be reached: engine and why, every hop, what is ignored or run, and why it cannot work. */
import type { ReactElement } from 'react';
import type { Route } from '../../../electron/contract/routes.ts';
import { placeText, visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { FailureNote } from '../../ui/bits.tsx';
import type { RouteAnswer } from './address.ts';

const noteWords: Readonly<Record<Route['notes'][number]['kind'], MessageKey>> = {
  'match-exec': 'route.note.match-exec',
  ignored: 'route.note.ignored',
  certificate: 'route.note.certificate',
  'proxy-command': 'route.note.proxy-command',
  agent: 'route.note.agent',
  legacy: 'route.note.legacy',
};

export function RouteView({ answer }: { readonly answer: RouteAnswer | undefined }): ReactElement | null {
  if (answer === undefined) return null;
  if (answer.state === 'asking') return <p className="route route--asking">{t('route.asking')}</p>;
  if (answer.state === 'failed') return <FailureNote failure={answer.failure} />;
  const { route } = answer;
  const own = route.hops.at(-1);
  return (
    <div className="route">
      <ol className="route__hops" aria-label={t('route.label')}>
        <li>{t('route.here')}</li>
        {route.hops.map((hop, index) => (
          <li key={index}>
            <span className="mono">{visible(placeText(hop))}</span>
            {hop.alias !== hop.host && (
              <span className="dim">{t('route.alias', { alias: visible(hop.alias) })}</span>
            )}
            {index < route.hops.length - 1 && <span className="dim">{t('route.jump')}</span>}
          </li>
        ))}
      </ol>
      <p className="route__engine">
        <b>{t(route.engine === 'openssh' ? 'engine.openssh' : 'engine.ssh2')}</b>{' '}
        <span className="dim">{route.engineWhy}</span>
      </p>
      {own !== undefined && <Keys hop={own} />}
      <RouteNotes notes={route.notes} />
      {route.refusal !== undefined && <FailureNote failure={route.refusal} />}
    </div>
  );
}

function Keys({ hop }: { readonly hop: Route['hops'][number] }): ReactElement {
  const files = hop.identityFiles.join(', ');
  return (
    <p className="dim route__keys">
      {hop.agent !== undefined && <span>{t('route.agent', { socket: visible(hop.agent) })}</span>}
      {files !== '' && <span>{t('route.identities', { files: visible(files) })}</span>}
      <span>{t('route.known-hosts', { files: visible(hop.knownHosts.join(', ')) })}</span>
    </p>
  );
}

export function RouteNotes({ notes }: { readonly notes: Route['notes'] }): ReactElement | null {
  if (notes.length === 0) return null;
  return (
    <ul className="route__notes">
      {notes.map((note, index) => (
        <li key={index}>
          <b>{t(noteWords[note.kind])}</b> <bdi>{visible(note.text)}</bdi>{' '}
          {note.file !== undefined && (
            <code>
              {note.line === undefined
                ? visible(note.file)
                : t('route.place', { file: visible(note.file), line: note.line })}
            </code>
          )}
        </li>
      ))}
    </ul>
  );
}
