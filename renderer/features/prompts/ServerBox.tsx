/**
 * Words of a server. They stand in a bounded box of their own, in a monospace face, cut off from the direction of the
 * text around them, so that they can never pass for words of this app.
 */
import type { ReactElement } from 'react';
import { bounded } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

const longest = 2000;

export function ServerBox({
  address,
  lines,
}: {
  readonly address: string;
  readonly lines: readonly string[];
}): ReactElement | null {
  const said = lines.map((line) => bounded(line.trim(), longest)).filter((line) => line !== '');
  if (said.length === 0) return null;
  return (
    <figure className="server-says">
      <figcaption>{t('prompt.server-says', { address })}</figcaption>
      <div className="server-says__words" tabIndex={0} role="group" aria-label={t('prompt.server-words')}>
        {said.map((line, index) => (
          <p key={index} dir="ltr">
            <bdi>{line}</bdi>
          </p>
        ))}
      </div>
    </figure>
  );
}
