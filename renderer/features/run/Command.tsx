/** The exact bytes of a command with the filled-in values marked, and what must be seen for it to count. */
import { Fragment, type ReactElement } from 'react';
import type { CommandPreview } from '../../../electron/contract/calls.ts';
import type { Check } from '../../../electron/contract/records.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

/** The command cut at the marked values. Marks that overlap or lie outside are left unmarked, never dropped text. */
export function pieces(
  command: string,
  values: CommandPreview['values'],
): readonly { readonly text: string; readonly name: string | null }[] {
  const out: { text: string; name: string | null }[] = [];
  let at = 0;
  for (const value of [...values].sort((a, b) => a.start - b.start)) {
    if (value.start < at || value.end > command.length || value.end < value.start) continue;
    if (value.start > at) out.push({ text: command.slice(at, value.start), name: null });
    out.push({ text: command.slice(value.start, value.end), name: value.name });
    at = value.end;
  }
  if (at < command.length) out.push({ text: command.slice(at), name: null });
  return out;
}

export function SentCommand({ preview }: { readonly preview: CommandPreview }): ReactElement {
  return (
    <div className="send">
      <div className="send__to">
        {t('send.to')} <b>{preview.address}</b> {t('send.as-is', { n: preview.bytes })}
      </div>
      <pre tabIndex={0} aria-label={t('send.command')}>
        <code>
          {pieces(preview.command, preview.values).map((piece, index) =>
            piece.name === null ? (
              <Fragment key={index}>{visible(piece.text)}</Fragment>
            ) : (
              <span key={index} className="value" title={piece.name}>
                {visible(piece.text)}
              </span>
            ),
          )}
        </code>
      </pre>
    </div>
  );
}

export function ExpectChips({ expect, checks }: { readonly expect: CommandPreview['expect']; readonly checks: readonly Check[] }): ReactElement {
  const seen = new Map(checks.map((check) => [check.name, check]));
  const rest = checks.filter((check) => !expect.some((each) => each.label === check.name));
  return (
    <ul className="expect" aria-label={t('expect.label')}>
      {expect.map((each) => (
        <Chip key={each.label} label={each.label} expected={each.expected} check={seen.get(each.label)} />
      ))}
      {rest.map((check) => (
        <Chip key={check.name} label={check.name} expected={check.expected} check={check} />
      ))}
    </ul>
  );
}

function Chip(props: { readonly label: string; readonly expected: string; readonly check: Check | undefined }): ReactElement {
  const { check } = props;
  if (check === undefined) {
    return (
      <li>
        <b>{props.label}</b> {visible(props.expected)}
      </li>
    );
  }
  return (
    <li className={check.ok ? 'is-ok' : 'is-bad'}>
      <i aria-hidden="true">{check.ok ? '✓' : '✗'}</i>
      <span className="sr-only">{t(check.ok ? 'check.held' : 'check.broke')}</span>
      <b>{check.name}</b> {visible(check.expected)}
      <span className="expect__saw">{t('check.saw', { actual: visible(shorten(check.actual)) })}</span>
    </li>
  );
}

const longest = 160;
function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
