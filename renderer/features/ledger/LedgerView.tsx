/** Every run this desk ever opened, what came of it, and what is not right about the list; first of all that. */
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { RunSummary } from '../../../electron/contract/views.ts';
import type { LedgerView as Ledger } from '../../../electron/contract/people.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useCommand } from '../../app/commands.ts';
import { formatRoute } from '../../app/router.ts';
import { resultWords } from '../../format/describe.ts';
import { stamp } from '../../format/time.ts';
import { shortDigest, visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Empty, FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { saveBase64 } from '../../ui/save.ts';
import { useArrivalFocus } from '../../ui/useArrivalFocus.ts';
import { ReasonDialog } from '../prompts/ReasonDialog.tsx';
import { countStandings, ledgerRows, type LedgerRow } from './ledgerModel.ts';

/** A run that goes on is no fault of the list; it is said all the same. */
const stillOpen = 'ledger.unsealed';

const standingWords = {
  open: 'ledger.open',
  sealed: 'ledger.sealed',
  abandoned: 'ledger.abandoned',
} as const satisfies Readonly<Record<LedgerRow['standing'], MessageKey>>;

export function LedgerView(): ReactElement {
  const app = useApp();
  const ledger = useValue(app.ledger);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState('');
  const [abandoning, setAbandoning] = useState<LedgerRow | null>(null);
  const place = useRef<HTMLElement>(null);
  useArrivalFocus(place);
  useEffect(() => {
    void app.ledger.refresh();
  }, [app]);
  const save = (): void => {
    setSaid('');
    void app.client.call('ledger.export', {}).then((result) => {
      setFailure(result.ok ? null : result.error);
      if (!result.ok) return;
      saveBase64(result.value.name, result.value.base64);
      setSaid(t('evidence.downloaded', { name: result.value.name }));
    });
  };
  useCommand('primary', save, ledger.value !== null);
  return (
    <main ref={place} className="ledger" data-region tabIndex={-1} aria-label={t('place.ledger')}>
      <div className="ledger__body" tabIndex={0} role="region" aria-label={t('ledger.title')}>
        <div className="page__column page__column--wide">
          <h1 className="page__title">{t('ledger.title')}</h1>
          <p className="dim">{t('ledger.text')}</p>
          {ledger.failure !== null && (
            <FailureNote failure={ledger.failure}>
              <Button onPress={() => void app.ledger.refresh()}>{t('retry-load')}</Button>
            </FailureNote>
          )}
          {ledger.value === null && ledger.failure === null && <Loading />}
          {ledger.value !== null && <Whole ledger={ledger.value} onAbandon={setAbandoning} />}
        </div>
      </div>
      <footer className="actionbar">
        <div className="actionbar__note" role="status">
          {failure === null ? said : <FailureNote failure={failure} />}
        </div>
        <Button look="primary" keys="Alt+Enter" disabled={ledger.value === null} onPress={save}>
          {t('ledger.export')}
        </Button>
      </footer>
      {abandoning !== null && (
        <AbandonDialog
          row={abandoning}
          onClose={() => {
            setAbandoning(null);
          }}
        />
      )}
    </main>
  );
}

function Whole(props: {
  readonly ledger: Ledger;
  readonly onAbandon: (row: LedgerRow) => void;
}): ReactElement {
  const { ledger } = props;
  const rows = ledgerRows(ledger.entries);
  const counts = countStandings(rows);
  const broken = ledger.findings.some((finding) => finding.id !== stillOpen);
  return (
    <>
      {broken && <p className="bad">{t('ledger.broken')}</p>}
      {!broken && rows.length > 0 && <p className="ok-line">{t('ledger.sound')}</p>}
      {ledger.findings.length > 0 && (
        <ul className="findings" aria-label={t('doc.findings')}>
          {ledger.findings.map((finding) => (
            <li
              key={`${finding.id}:${finding.place}`}
              className={`finding finding--${finding.id === stillOpen ? 'warning' : 'error'}`}
            >
              <p className="finding__head">
                <code>{finding.place}</code>
                <code className="dim">{finding.id}</code>
              </p>
              <p>{visible(finding.message)}</p>
            </li>
          ))}
        </ul>
      )}
      <p className="meta">
        <span>{t('ledger.counts', { n: rows.length, ...counts })}</span>
        <span className="mono">{t('ledger.head', { digest: shortDigest(ledger.head) })}</span>
      </p>
      {rows.length === 0 ? (
        <Empty title={t('ledger.empty')}>
          <p>{t('ledger.empty.text')}</p>
        </Empty>
      ) : (
        <Rows rows={rows} onAbandon={props.onAbandon} />
      )}
    </>
  );
}

function Rows(props: {
  readonly rows: readonly LedgerRow[];
  readonly onAbandon: (row: LedgerRow) => void;
}): ReactElement {
  const runs = useValue(useApp().runs).value ?? [];
  return (
    <table className="table ledger__table">
      <thead>
        <tr>
          <th scope="col">{t('ledger.seq')}</th>
          <th scope="col">{t('ledger.run')}</th>
          <th scope="col">{t('ledger.opened')}</th>
          <th scope="col">{t('ledger.standing')}</th>
          <th scope="col">{t('ledger.closed')}</th>
          <th scope="col">{t('ledger.manifest')}</th>
          <th scope="col">
            <span className="sr-only">{t('ledger.act')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <Row
            key={row.runId}
            row={row}
            run={runs.find((run) => run.runId === row.runId)}
            onAbandon={props.onAbandon}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row(props: {
  readonly row: LedgerRow;
  readonly run: RunSummary | undefined;
  readonly onAbandon: (row: LedgerRow) => void;
}): ReactElement {
  const { row, run } = props;
  const { opened, closed } = row;
  const result = closed?.result;
  // The run itself may be gone from this desk: its entry still says what it was.
  const title = run?.title ?? opened?.runbook;
  return (
    <tr>
      <td className="tnum">
        {[opened, closed].flatMap((entry) => (entry === null ? [] : [entry.seq])).join(' → ')}
      </td>
      <td>
        <a href={formatRoute({ place: 'evidence', runId: row.runId })} className="mono">
          {row.runId}
        </a>
        {title !== undefined && <span className="ledger__title">{visible(title)}</span>}
        {(run?.rehearsal ?? opened?.rehearsal) === true && (
          <span className="chip chip--rehearsal">{t('env.rehearsal')}</span>
        )}
      </td>
      <td className="tnum">{opened === null ? t('ledger.no-open') : stamp(opened.t)}</td>
      <td>
        <span className={`standing standing--${row.standing}`}>{t(standingWords[row.standing])}</span>{' '}
        {result !== undefined && <span>{isResult(result) ? t(resultWords[result]) : visible(result)}</span>}
        {closed?.reason !== undefined && <span className="dim ledger__why">{visible(closed.reason)}</span>}
      </td>
      <td className="tnum">{closed === null ? '' : stamp(closed.t)}</td>
      <td className="mono short" title={closed?.manifestSha256}>
        {closed?.manifestSha256 === undefined ? '' : shortDigest(closed.manifestSha256)}
      </td>
      <td>
        {row.standing === 'open' && run?.status === 'interrupted' && (
          <Button
            look="danger"
            onPress={() => {
              props.onAbandon(row);
            }}
          >
            {t('ledger.abandon')}
          </Button>
        )}
      </td>
    </tr>
  );
}

function isResult(text: string): text is keyof typeof resultWords {
  return Object.hasOwn(resultWords, text);
}

/** Closes an interrupted run for good. The reason is typed, so that it is never done by reflex. */
function AbandonDialog(props: { readonly row: LedgerRow; readonly onClose: () => void }): ReactElement {
  const app = useApp();
  const title = useValue(app.runs).value?.find((run) => run.runId === props.row.runId)?.title;
  return (
    <ReasonDialog
      title={t('ledger.abandon.title')}
      label={t('reason')}
      confirm={t('ledger.abandon.go')}
      tone="danger"
      onClose={props.onClose}
      onSubmit={async (reason) => {
        const result = await app.client.call('run.abandon', { runId: props.row.runId, reason });
        if (result.ok) {
          void app.ledger.refresh();
          void app.runs.refresh();
        }
        return result;
      }}
    >
      <p>
        {title !== undefined && <b>{title} </b>}
        <span className="mono">{props.row.runId}</span>
      </p>
      <p>{t('ledger.abandon.text')}</p>
    </ReasonDialog>
  );
}
