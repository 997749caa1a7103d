/** What a command is given that stands in no file, and whether what comes back is kept. Said before and after it runs. */
import type { ReactElement } from 'react';
import { t } from '../../i18n/t.ts';

export function SecrecyMarks(props: {
  readonly fed?: readonly string[] | undefined;
  readonly withheld?: boolean | undefined;
}): ReactElement | null {
  const fed = props.fed ?? [];
  if (fed.length === 0 && props.withheld !== true) return null;
  return (
    <ul className="secrecy">
      {fed.length > 0 && (
        <li>
          <b>{t('secrecy.fed', { names: fed.join(', ') })}</b> {t('secrecy.fed.means')}
        </li>
      )}
      {props.withheld === true && (
        <li>
          <b>{t('secrecy.withheld')}</b> {t('secrecy.withheld.means')}
        </li>
      )}
    </ul>
  );
}
