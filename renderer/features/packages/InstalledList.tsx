/** The packages of this desk, judged by the trust of today, and what can be done with each. */
import { useState, type ReactElement } from 'react';
import type { InstalledPackage } from '../../../electron/contract/packages.ts';
import { stamp } from '../../format/time.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useArmed } from '../../ui/useArmed.ts';
import { SignerWords } from './ReleaseMark.tsx';

export type Change = 'revert' | 'remove';

export function InstalledList(props: {
  readonly packages: readonly InstalledPackage[];
  readonly onChange: (change: Change, one: InstalledPackage) => void;
}): ReactElement {
  const [asked, setAsked] = useState<{
    readonly change: Change;
    readonly one: InstalledPackage;
  } | null>(null);
  if (props.packages.length === 0) return <p className="dim">{t('packages.none')}</p>;
  return (
    <>
      <ul className="stack">
        {props.packages.map((one) => (
          <li key={one.name} className="stack">
            <Words one={one} />
            <p className="request__act">
              {one.previous !== undefined && (
                <Button
                  label={t('packages.revert.label', { name: one.name, version: one.previous.version })}
                  onPress={() => {
                    setAsked({ change: 'revert', one });
                  }}
                >
                  {t('packages.revert', { version: one.previous.version })}
                </Button>
              )}
              <Button
                label={t('packages.remove.label', { name: one.name })}
                onPress={() => {
                  setAsked({ change: 'remove', one });
                }}
              >
                {t('packages.remove')}
              </Button>
            </p>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <ConfirmDialog
          {...asked}
          onClose={() => {
            setAsked(null);
          }}
          onConfirm={() => {
            setAsked(null);
            props.onChange(asked.change, asked.one);
          }}
        />
      )}
    </>
  );
}

function Words({ one }: { readonly one: InstalledPackage }): ReactElement {
  if (one.state === 'damaged') {
    return (
      <div>
        <b>{one.name}</b> <span className="warn">{t('packages.damaged')}</span>
        <p className="bad">{visible(one.why)}</p>
      </div>
    );
  }
  return (
    <div>
      <b>{t('packages.name', { name: one.name, version: one.version })}</b> {visible(one.title)}
      <p className="meta">
        <span>{t('packages.runbooks', { n: one.runbooks.length })}</span>
        {one.overlays.length > 0 && <span>{t('packages.overlays', { list: one.overlays.join(', ') })}</span>}
        <span>{t('packages.imported-at', { at: stamp(one.importedAt) })}</span>
      </p>
      <p>
        {t('package.signer')} <SignerWords signer={one.signer} />
      </p>
    </div>
  );
}

function ConfirmDialog(props: {
  readonly change: Change;
  readonly one: InstalledPackage;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { change, one } = props;
  const armed = useArmed();
  const facts = { name: one.name, version: one.previous?.version ?? '' };
  return (
    <Dialog
      title={t(change === 'revert' ? 'packages.revert.title' : 'packages.remove.title', facts)}
      tone="danger"
      onClose={props.onClose}
      actions={
        <>
          <Button autoFocus onPress={props.onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" disabled={!armed} onPress={props.onConfirm}>
            {t(change === 'revert' ? 'packages.revert' : 'packages.remove', facts)}
          </Button>
        </>
      }
    >
      <p>{t(change === 'revert' ? 'packages.revert.text' : 'packages.remove.text')}</p>
    </Dialog>
  );
}
