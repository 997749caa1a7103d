/** A host shows another key than the one on record: a hard stop. Old and new stand side by side; no click resolves it. */
import type { ReactElement, ReactNode } from 'react';
import type { ChangedHostKey, Failure } from '../../../electron/contract/result.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Fingerprint } from '../../ui/Fingerprint.tsx';
import { Randomart } from '../prompts/Randomart.tsx';

export function ChangedKeyNote(props: {
  readonly failure: Failure;
  readonly changed: ChangedHostKey;
  readonly onReplace: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { failure, changed } = props;
  return (
    <section className="failure changed-key" role="alert" aria-label={t('changed.title')}>
      <h3>{t('changed.title')}</h3>
      <p className="failure__message">{failure.message}</p>
      <div className="changed-key__pair">
        <dl className="boxed">
          <dt>{t('changed.host')}</dt>
          <dd className="mono">{visible(changed.address)}</dd>
          {changed.old.map((old) => (
            <OldKey key={`${old.file}:${String(old.line)}`} old={old} />
          ))}
          <dt>{t('changed.new')}</dt>
          <dd>
            <span className="mono">{visible(changed.shown.type)}</span>
            <Fingerprint value={changed.shown.fingerprint} />
          </dd>
        </dl>
        {changed.shown.randomart !== '' && <Randomart picture={changed.shown.randomart} />}
      </div>
      <p>{t('changed.means')}</p>
      <ul className="bullets">
        <li>{t('changed.means.rebuilt')}</li>
        <li>{t('changed.means.other')}</li>
        <li>{t('changed.means.attack')}</li>
      </ul>
      <p>
        <b>{t('failure.kept')}</b> {failure.kept ?? t('changed.kept')}
      </p>
      <p>
        <b>{t('failure.hint')}</b> {failure.hint ?? t('changed.hint')}
      </p>
      <div className="failure__actions">
        {props.children}
        <Button look="danger" onPress={props.onReplace}>
          {t('changed.replace')}
        </Button>
      </div>
    </section>
  );
}

function OldKey({ old }: { readonly old: ChangedHostKey['old'][number] }): ReactElement {
  return (
    <>
      <dt>{t('changed.old')}</dt>
      <dd>
        <span className="mono">{visible(old.type)}</span>
        <Fingerprint value={old.fingerprint} />
        <code className="dim">{t('route.place', { file: visible(old.file), line: old.line })}</code>
      </dd>
    </>
  );
}
