/** The exact bytes of a command with the filled-in values marked, and what must be seen for it to count. */
import { Fragment, type ReactElement } from 'react';
import type { CommandPreview } from '../../../electron/contract/views.ts';
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

type Piece = ReturnType<typeof pieces>[number];

/** The pieces by line, so that a wrapped line can be told from a new one. Newlines stay at the end of their line. */
export function linesOf(all: readonly Piece[]): readonly (readonly Piece[])[] {
  const lines: Piece[][] = [[]];
  for (const piece of all) {
    for (const [index, text] of piece.text.split(/(?<=\n)/).entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)?.push({ text, name: piece.name });
    }
    if (piece.text.endsWith('\n')) lines.push([]);
  }
  return lines.filter((line, index) => line.length > 0 || index < lines.length - 1);
}

/** Label and expectation without saying a word twice: `stdout contains` and `contains "x"` share theirs. */
export function chipWords(label: string, expected: string): { readonly on: string; readonly must: string } {
  const names = label.split(' ');
  for (let from = 0; from < names.length; from++) {
    const tail = names.slice(from).join(' ');
    if (expected === tail || expected.startsWith(`${tail} `)) {
      const [first = '', ...rest] = expected.split(' ');
      const on = names.slice(0, from).join(' ');
      return on === '' ? { on: first, must: rest.join(' ') } : { on, must: expected };
    }
  }
  return { on: label, must: expected };
}

export function SentCommand({
  preview,
  sent,
  proposal,
  running,
}: {
  readonly preview: CommandPreview;
  /** It is nobody's command yet: nothing will be sent. */
  readonly proposal?: boolean;
  /** How many hosts of a group a command that runs goes to. */
  readonly sent?: number;
  /** It has been sent. */
  readonly running?: boolean;
}): ReactElement {
  return (
    <div className={proposal === true ? 'send send--proposal' : 'send'}>
      <div className="send__to">
        {t(proposal === true ? 'vendor.proposal' : running === true ? 'send.was' : 'send.to')}{' '}
        <b>
          {sent !== undefined
            ? t('send.group', { n: sent, group: preview.target })
            : preview.members === undefined
              ? preview.address
              : t('send.members', { n: preview.members.length, group: preview.target })}
        </b>{' '}
        {proposal !== true && t('send.as-is', { n: preview.bytes })}
      </div>
      <pre tabIndex={0} aria-label={t('send.command')}>
        <code>
          {linesOf(pieces(preview.command, preview.values)).map((line, at) => (
            <span key={at} className="line">
              {line.map((piece, index) =>
                piece.name === null ? (
                  <Fragment key={index}>{visible(piece.text)}</Fragment>
                ) : (
                  <span key={index} className="value" title={piece.name}>
                    {visible(piece.text)}
                  </span>
                ),
              )}
            </span>
          ))}
        </code>
      </pre>
    </div>
  );
}

export function ExpectChips({
  expect,
  checks,
}: {
  readonly expect: CommandPreview['expect'];
  readonly checks: readonly Check[];
}): ReactElement {
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

function Chip(props: {
  readonly label: string;
  readonly expected: string;
  readonly check: Check | undefined;
}): ReactElement {
  const { check } = props;
  const { on, must } = chipWords(props.label, check?.expected ?? props.expected);
  if (check === undefined) {
    return (
      <li>
        <b>{on}</b> {visible(must)}
      </li>
    );
  }
  return (
    <li className={check.ok ? 'is-ok' : 'is-bad'}>
      <i aria-hidden="true">{check.ok ? '✓' : '✗'}</i>
      <span className="sr-only">{t(check.ok ? 'check.held' : 'check.broke')}</span>
      <b>{on}</b> {visible(must)}
      <span className="expect__saw">{t('check.saw', { actual: visible(shorten(check.actual)) })}</span>
    </li>
  );
}

const longest = 160;
function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
