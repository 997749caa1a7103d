/** The two ways to sign a package: with a key of this desk, or elsewhere. What is shown is the list that is signed. */
import { useEffect, useMemo, type ReactElement } from 'react';
import type { PackageView } from '../../../electron/contract/packages.ts';
import type { Result } from '../../../electron/contract/result.ts';
import { t } from '../../i18n/t.ts';
import { createRemote } from '../../state/remote.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { SignElsewhere } from '../requests/SignElsewhere.tsx';
import { SignHere } from '../requests/SignHere.tsx';

export function PackageSigning(props: {
  readonly view: PackageView;
  readonly onView: (view: PackageView) => void;
}): ReactElement {
  const { client } = useApp();
  const { id, sha256 } = props.view;
  const asked = useMemo(() => createRemote(() => client.call('package.digests', { id })), [client, id]);
  const { value, failure } = useValue(asked);
  useEffect(() => {
    void asked.refresh();
  }, [asked]);
  const signed = (result: Result<PackageView>): Result<PackageView> => {
    if (result.ok) props.onView(result.value);
    return result;
  };
  if (failure !== null) return <FailureNote failure={failure} />;
  if (value === null) return <Loading />;
  return (
    <div className="request">
      <p className="dim">{t('package.sign.text')}</p>
      <pre className="block request__text" tabIndex={0} aria-label={t('package.digest')}>
        {value.text}
      </pre>
      <div className="request__ways">
        <SignHere
          role="release"
          request={value}
          barred={null}
          onSign={async (key, passphrase) =>
            signed(
              await client.call('package.sign', {
                ...{ id, sha256, key },
                ...(passphrase === undefined ? {} : { passphrase }),
              }),
            )
          }
        />
        <SignElsewhere
          request={{ name: value.file, text: value.text, command: value.command }}
          onTake={async (armor) => signed(await client.call('package.take-signature', { id, sha256, armor }))}
        />
      </div>
    </div>
  );
}
