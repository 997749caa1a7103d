/** Where a runbook stands with a signed package, and who signed a package: in a word, and in full. */
import type { ReactElement } from 'react';
import type { PackageSigner, RunbookRelease } from '../../../electron/contract/packages.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { Fingerprint } from '../../ui/Fingerprint.tsx';

const stateWords = {
  released: 'release.released',
  changed: 'release.changed',
  refused: 'release.refused',
} as const satisfies Readonly<Record<RunbookRelease['state'], MessageKey>>;

/** Nothing where no package has the runbook. */
export function ReleaseMark({
  release,
}: {
  readonly release: RunbookRelease | undefined;
}): ReactElement | null {
  if (release === undefined) return null;
  return (
    <span className={release.state === 'released' ? 'ok-line' : 'warn'}>{t(stateWords[release.state])}</span>
  );
}

export function ReleaseWords({ release }: { readonly release: RunbookRelease }): ReactElement {
  if (release.state !== 'released') {
    return (
      <>
        <ReleaseMark release={release} /> <span className="glance__item">{visible(release.why)}</span>
      </>
    );
  }
  return (
    <>
      {t('release.by', release)} <Fingerprint value={release.fingerprint} />
    </>
  );
}

export function SignerWords({ signer }: { readonly signer: PackageSigner }): ReactElement {
  if (signer.state === 'none') return <span className="warn">{t('signer.none')}</span>;
  if (signer.state === 'refused')
    return <span className="warn">{t('signer.refused', { why: visible(signer.why) })}</span>;
  return (
    <>
      <b>{visible(signer.principal)}</b> <Fingerprint value={signer.fingerprint} />
    </>
  );
}
