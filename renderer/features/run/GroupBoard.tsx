/** A step on a group: how many are done, and one row a member. Choosing a row puts its terminal in view. */
import { memo, useRef, useState, type ReactElement } from 'react';
import type { TargetName } from '../../../electron/contract/ids.ts';
import { endWords } from '../../format/describe.ts';
import { clockSpan } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { StepMark } from '../../ui/StepMark.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useRoving } from '../../ui/useRoving.ts';
import { countStates, memberStates, type MemberRow, type MemberState } from './memberRows.ts';

export const memberWords: Readonly<Record<MemberState, MessageKey>> = {
  waiting: 'state.waiting',
  running: 'state.running',
  passed: 'state.passed',
  failed: 'state.failed',
  unknown: 'state.unknown',
  'not-run': 'state.not-run',
};

export function GroupBoard(props: {
  readonly rows: readonly MemberRow[];
  /** The member whose terminal is in view. */
  readonly pane: TargetName | null;
  readonly onPane: (member: TargetName) => void;
  /** Interrupts one member; absent when nothing may be interrupted. */
  readonly onInterrupt?: (member: TargetName) => void;
}): ReactElement {
  const { rows, pane, onPane } = props;
  const [only, setOnly] = useState<MemberState | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const counts = countStates(rows);
  // A filter whose state has run empty would hide everything: all are shown again.
  const filter = only !== null && counts[only] > 0 ? only : null;
  const shown = filter === null ? rows : rows.filter((row) => row.state === filter);
  const entry = shown.some((row) => row.name === pane) ? pane : (shown[0]?.name ?? null);
  const onKeyDown = useRoving(list, (index) => {
    const row = shown[index];
    if (row !== undefined) onPane(row.name);
  });
  const settled = rows.length - counts.waiting - counts.running;
  return (
    <section className="board" aria-label={t('board.label')}>
      <div className="board__head">
        <b className="tnum" role="status">
          {t('board.passed', { n: counts.passed, of: rows.length })}
        </b>
        <div
          className="board__meter"
          role="progressbar"
          aria-label={t('board.meter')}
          aria-valuemin={0}
          aria-valuemax={rows.length}
          aria-valuenow={settled}
        >
          {(['passed', 'failed', 'unknown', 'running'] as const).map((state) => (
            <span key={state} className={`is-${state}`} style={{ flexGrow: counts[state] }} />
          ))}
          <span style={{ flexGrow: counts.waiting + counts['not-run'] }} />
        </div>
        <div className="board__filter" role="group" aria-label={t('board.filter')}>
          <FilterButton
            on={filter === null}
            label={t('board.all', { n: rows.length })}
            onPress={() => {
              setOnly(null);
            }}
          />
          {memberStates
            .filter((state) => counts[state] > 0)
            .map((state) => (
              <FilterButton
                key={state}
                on={filter === state}
                label={t('board.state', { state: t(memberWords[state]), n: counts[state] })}
                onPress={() => {
                  setOnly(filter === state ? null : state);
                }}
              />
            ))}
        </div>
      </div>
      <div className="board__rows" ref={list} onKeyDown={onKeyDown} role="group" aria-label={t('board.rows')}>
        {shown.map((row) => (
          <Row
            key={row.name}
            row={row}
            on={row.name === pane}
            entry={row.name === entry}
            onPane={onPane}
            {...(props.onInterrupt === undefined ? {} : { onInterrupt: props.onInterrupt })}
          />
        ))}
      </div>
    </section>
  );
}

function FilterButton(props: {
  readonly on: boolean;
  readonly label: string;
  readonly onPress: () => void;
}): ReactElement {
  return (
    <button type="button" className="board__state" aria-pressed={props.on} onClick={props.onPress}>
      {props.label}
    </button>
  );
}

interface RowProps {
  readonly row: MemberRow;
  readonly on: boolean;
  /** It is the one row that Tab reaches. */
  readonly entry: boolean;
  readonly onPane: (member: TargetName) => void;
  readonly onInterrupt?: (member: TargetName) => void;
}

const Row = memo(function Row({ row, on, entry, onPane, onInterrupt }: RowProps): ReactElement {
  const { attempt } = row;
  return (
    <div className={on ? 'board__row is-on' : 'board__row'}>
      <button
        type="button"
        data-item
        data-member={row.name}
        className="board__pick"
        aria-current={on ? 'true' : undefined}
        tabIndex={entry ? 0 : -1}
        onClick={() => {
          onPane(row.name);
        }}
      >
        <StepMark state={row.state === 'not-run' ? 'not-applicable' : row.state} kind="run" />
        <b className="mono board__name">{row.name}</b>
        <span className="mono board__address">{row.address}</span>
        <span className={`board__word is-${row.state}`}>{t(memberWords[row.state])}</span>
        <span className="mono board__end">{attempt?.end === undefined ? '' : endWords(attempt.end)}</span>
        <span className="mono tnum board__time">
          {row.state === 'running' && attempt !== undefined ? (
            <Running since={attempt.startedAt} />
          ) : attempt?.ms === undefined ? (
            ''
          ) : (
            clockSpan(attempt.ms)
          )}
        </span>
        <span className="tnum board__tries">
          {row.tries > 1 ? t('running.attempt', { n: row.tries }) : ''}
        </span>
        <span className="board__why">{why(row)}</span>
      </button>
      {onInterrupt !== undefined && row.state === 'running' && (
        <Button
          look="bare"
          label={t('board.interrupt', { member: row.name })}
          onPress={() => {
            onInterrupt(row.name);
          }}
        >
          {t('signal.int')}
        </Button>
      )}
    </div>
  );
});

function Running({ since }: { readonly since: string }): ReactElement {
  const now = useNow();
  return <>{clockSpan(Math.max(1000, now - Date.parse(since)))}</>;
}

function why(row: MemberRow): string {
  if (row.state === 'running' && row.attempt?.mode === 'detached' && row.link === 'lost') {
    return t('detached.goes-on');
  }
  if (row.earlier) return t('board.earlier');
  return row.reason === undefined ? '' : visible(row.reason);
}
