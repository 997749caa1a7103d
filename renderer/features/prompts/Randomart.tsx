/** The picture that ssh-keygen draws of a key. */
import type { ReactElement } from 'react';
import { bounded } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

const longest = 400;

export function Randomart({ picture }: { readonly picture: string }): ReactElement {
  return (
    <figure className="randomart">
      <pre aria-hidden="true">{bounded(picture.replace(/\n+$/, ''), longest)}</pre>
      <figcaption>{t('trust.picture')}</figcaption>
    </figure>
  );
}
