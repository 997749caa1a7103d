/** A fingerprint in groups, to be read aloud or compared by eye. Copied or read by a program it is one word. */
import type { ReactElement } from 'react';
import { fingerprintGroups, visible } from '../format/units.ts';

export function Fingerprint({ value }: { readonly value: string }): ReactElement {
  return (
    <span className="fingerprint mono">
      {fingerprintGroups(visible(value)).map((group, index) => (
        <span key={index} className="fingerprint__group">
          {group}
        </span>
      ))}
    </span>
  );
}
