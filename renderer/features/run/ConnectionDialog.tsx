/** How a target is reached: engine, jump hosts, keys and algorithms, as the record has them. Nothing can be done here. */
import { Fragment, type ReactElement } from 'react';
import type { JournalRecord, RecordOf } from '../../../electron/contract/records.ts';
import type { TargetView } from '../../../electron/domain/run/state.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';

type Connected = JournalRecord & RecordOf<'host.connect'>;
type HopFacts = NonNullable<Connected['d']['via']>[number];

export const engineWords: Readonly<Record<'openssh' | 'ssh2' | 'local', MessageKey>> = {
  openssh: 'engine.openssh',
  ssh2: 'engine.ssh2',
  local: 'engine.local',
};
const pinWords: Readonly<Record<HopFacts['pin'], MessageKey>> = {
  known: 'pin.known',
  accepted: 'pin.accepted',
  rehearsal: 'pin.rehearsal',
  pinned: 'pin.pinned',
  ca: 'pin.ca',
  none: 'pin.none',
};

/** The record of the last connection to a target. */
export function lastConnect(records: readonly JournalRecord[], target: string): Connected | undefined {
  return records.findLast(
    (record): record is Connected => record.type === 'host.connect' && record.d.target === target,
  );
}

export function ConnectionDialog(props: {
  readonly run: OpenRun;
  readonly target: TargetView;
  readonly onClose: () => void;
}): ReactElement {
  const { run, target, onClose } = props;
  const last = lastConnect(run.records, target.name);
  return (
    <Dialog
      title={t('connection.title', { target: target.name })}
      wide
      onClose={onClose}
      actions={
        <Button onPress={onClose} autoFocus>
          {t('close')}
        </Button>
      }
    >
      {last === undefined ? (
        <p>{t('connection.never')}</p>
      ) : (
        <div className="keys-scroll" tabIndex={0} role="region" aria-label={t('connection.facts')}>
          <p className="dim">
            {t(target.connected ? 'connection.since' : 'connection.was', { at: stamp(last.t) })}
          </p>
          <dl className="boxed">
            <dt>{t('connection.engine')}</dt>
            <dd>{last.d.engine === undefined ? t('connection.unsaid') : t(engineWords[last.d.engine])}</dd>
            {last.d.legacy !== undefined && (
              <>
                <dt>{t('connection.legacy')}</dt>
                <dd className="warn">{visible(last.d.legacy)}</dd>
              </>
            )}
            {(last.d.via ?? []).map((hop, index) => (
              <Fragment key={hop.address}>
                <dt className="boxed__head">{t('connection.jump', { n: index + 1 })}</dt>
                <HopRows hop={hop} />
              </Fragment>
            ))}
            <dt className="boxed__head">{t('connection.host')}</dt>
            <HopRows hop={last.d} />
          </dl>
        </div>
      )}
    </Dialog>
  );
}

function HopRows({ hop }: { readonly hop: HopFacts }): ReactElement {
  return (
    <>
      <dd className="mono boxed__head">{visible(hop.address)}</dd>
      <dt>{t('connection.key')}</dt>
      <dd>
        <span className="mono">{visible(hop.hostKey.type)}</span>
        <Fingerprint value={hop.hostKey.fingerprint} />
        <span className="dim">{t(pinWords[hop.pin])}</span>
      </dd>
      <dt>{t('connection.crypto')}</dt>
      <dd className="mono">{visible(`${hop.kex} · ${hop.cipher}`)}</dd>
      <dt>{t('connection.auth')}</dt>
      <dd className="mono">{visible(hop.auth)}</dd>
      <dt>{t('connection.server')}</dt>
      <dd className="mono">
        <bdi>{visible(hop.server)}</bdi>
      </dd>
    </>
  );
}
