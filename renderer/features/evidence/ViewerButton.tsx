/** Opens the bundle of a run of this desk in the viewer, as an auditor sees it: verified first, from its own bytes. */
import type { ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import { go } from '../../app/router.ts';
import { t } from '../../i18n/t.ts';
import { useApp, useValue } from '../../state/useApp.ts';
import { Button } from '../../ui/Button.tsx';

export function ViewerButton({ runId }: { readonly runId: RunId }): ReactElement {
  const { bundles } = useApp();
  const { arriving } = useValue(bundles);
  return (
    <Button
      disabled={arriving !== null}
      onPress={() => {
        void bundles.openRun(runId).then((view) => {
          // Refused: the place that opens bundles says why.
          go({ place: 'bundle', id: view?.id ?? null });
        });
      }}
    >
      {t('evidence.view')}
    </Button>
  );
}
