/** A product command: what it has to do while nobody has given it, and who confirmed it once somebody has. */
import type { ReactElement } from 'react';
import type { Step } from '../../../electron/contract/steps.ts';
import { t } from '../../i18n/t.ts';
import { Markdown } from '../../ui/Markdown.tsx';

/** Whether the step's command is one that nobody has filled in. */
export function isVendorOpen(step: Step): boolean {
  return step.vendorConfirm !== undefined && step.vendorConfirm.filled === undefined;
}

export function VendorNote({ step }: { readonly step: Step }): ReactElement | null {
  const { vendorConfirm } = step;
  if (vendorConfirm === undefined) return null;
  const { filled, what } = vendorConfirm;
  if (filled !== undefined) {
    return <p className="vendor vendor--filled">{t('vendor.filled', { ...filled })}</p>;
  }
  return (
    <div className="vendor vendor--open" role="note">
      <p>
        <b>{t('vendor.open')}.</b> {t('vendor.open.text')}
      </p>
      <div>
        <b>{t('vendor.what')}:</b> <Markdown text={what} />
      </div>
    </div>
  );
}
