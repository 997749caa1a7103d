/** Why a run cannot go on right now. The reason is shown where the action would be. */
import { t } from '../../i18n/t.ts';
import type { OpenRun } from '../../state/run.ts';

/** Null when it can. */
export function barredWhy(run: OpenRun): string | null {
  if (run.state.end !== null) return t('barred.ended');
  if (!run.snapshot.live) return t('barred.read-only');
  if (run.storage !== null) return t('barred.storage');
  if (run.state.stopped !== null) return t('barred.stopped');
  return null;
}
