/** A package that was opened: who signed it, what it holds, what it would change here. Nothing is changed by looking. */
import { useState, type ReactElement } from 'react';
import type { PackageChange, PackageView } from '../../../electron/contract/packages.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t, type MessageKey } from '../../i18n/t.ts';
import { SectionTitle } from '../../ui/bits.tsx';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { Findings } from '../library/Findings.tsx';
import { PackageSigning } from './PackageSigning.tsx';
import { SignerWords } from './ReleaseMark.tsx';

const changeWords = {
  added: 'pc.added',
  changed: 'pc.changed',
  removed: 'pc.removed',
} as const satisfies Readonly<Record<Exclude<PackageChange['change'], 'same'>, MessageKey>>;
const kindWords = {
  runbook: 'pk.runbook',
  overlay: 'pk.overlay',
  reference: 'pk.reference',
} as const satisfies Readonly<Record<PackageChange['kind'], MessageKey>>;

export function PackagePane(props: {
  readonly view: PackageView;
  readonly onView: (view: PackageView) => void;
}): ReactElement {
  const { view } = props;
  const [warnings, setWarnings] = useState(false);
  const [signing, setSigning] = useState(false);
  return (
    <section className="stack" aria-label={t('package.title', { file: visible(view.file) })}>
      <h2>{t('package.title', { file: visible(view.file) })}</h2>
      {view.barred !== undefined && <p className="bad">{visible(view.barred)}</p>}
      <Facts view={view} />
      {view.errors.length > 0 && (
        <>
          <SectionTitle>{t('package.errors')}</SectionTitle>
          <Findings diagnostics={view.errors} />
        </>
      )}
      <SectionTitle>{t('package.changes')}</SectionTitle>
      <Changes changes={view.changes} />
      <SectionTitle>{t('package.content')}</SectionTitle>
      <Content view={view} />
      {view.warnings.length > 0 && (
        <Disclosure
          id="package-warnings"
          title={t('package.warnings', { n: view.warnings.length })}
          open={warnings}
          onToggle={setWarnings}
        >
          <Findings diagnostics={view.warnings} />
        </Disclosure>
      )}
      {view.errors.length === 0 && (
        <Disclosure id="package-signing" title={t('package.sign')} open={signing} onToggle={setSigning}>
          <PackageSigning view={view} onView={props.onView} />
        </Disclosure>
      )}
    </section>
  );
}

function Facts({ view }: { readonly view: PackageView }): ReactElement {
  const { replaces } = view;
  return (
    <dl className="defs">
      <div className="defs__row">
        <dt>{t('packages.name', { name: view.name, version: view.version })}</dt>
        <dd>{visible(view.title)}</dd>
      </div>
      <div className="defs__row">
        <dt>{t('package.signer')}</dt>
        <dd>
          <SignerWords signer={view.signer} />
        </dd>
      </div>
      <div className="defs__row">
        <dt>{t('package.made')}</dt>
        <dd>{stamp(view.created)}</dd>
      </div>
      {replaces !== undefined && (
        <div className="defs__row">
          <dt>{t('package.here')}</dt>
          <dd className={replaces.downgrade ? 'warn' : undefined}>
            {replaces.downgrade ? t('package.here.older', { version: replaces.version }) : replaces.version}
          </dd>
        </div>
      )}
      <div className="defs__row">
        <dt>{t('package.digest')}</dt>
        <dd className="mono digest-line">{view.sha256}</dd>
      </div>
    </dl>
  );
}

function Changes({ changes }: { readonly changes: readonly PackageChange[] }): ReactElement {
  const real = changes.filter(({ change }) => change !== 'same');
  if (real.length === 0) return <p className="dim">{t('package.changes.none')}</p>;
  return (
    <ul className="bullets">
      {real.map((one) => (
        <Change key={`${one.kind} ${one.id}`} change={one} />
      ))}
    </ul>
  );
}

function Change({ change: one }: { readonly change: PackageChange }): ReactElement | null {
  const { kind, id, change, from, to, hiddenBy } = one;
  if (change === 'same') return null;
  return (
    <li>
      {t('package.change', { change: t(changeWords[change]), kind: t(kindWords[kind]), id })}{' '}
      {from !== undefined && to !== undefined && from !== to && (
        <span className="dim">{t('package.versions', { from, to })}</span>
      )}{' '}
      {one.downgrade && <span className="warn">{t('package.older')}</span>}{' '}
      {hiddenBy !== undefined && (
        <span className="warn">{t('package.hidden', { file: visible(hiddenBy) })}</span>
      )}
    </li>
  );
}

function Content({ view }: { readonly view: PackageView }): ReactElement {
  return (
    <ul className="bullets">
      {view.runbooks.map(({ id, title, version, vendorOpen }) => (
        <li key={id}>
          {title} <code>{id}</code> <span className="dim">{t('version', { version })}</span>{' '}
          {vendorOpen > 0 && <span className="warn">{t('package.vendor', { n: vendorOpen })}</span>}
        </li>
      ))}
      {view.overlays.map((site) => (
        <li key={site}>{t('package.overlay-used', { site })}</li>
      ))}
      {view.reference.length > 0 && <li>{t('package.reference', { list: view.reference.join(', ') })}</li>}
      {view.tests.length > 0 && <li>{t('package.tests', { n: view.tests.length })}</li>}
    </ul>
  );
}
