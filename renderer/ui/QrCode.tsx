/** Text as a QR code, drawn as SVG: dark on light in every theme, because cameras want it so. */
import { useMemo, type ReactElement } from 'react';
import { encode } from 'uqr';
import { t } from '../i18n/t.ts';

/** More than this is not read reliably from a screen; it is carried as a file. Bytes of ASCII text. */
export const longestQr = 1600;

/** The dark modules as one SVG path, a run of modules at a time. */
export function qrPath(data: readonly (readonly boolean[])[]): string {
  return data
    .map((row, y) => {
      let path = '';
      for (let x = 0; x < row.length; x += 1) {
        if (row[x] !== true) continue;
        const from = x;
        while (row[x + 1] === true) x += 1;
        path += `M${String(from)} ${String(y)}h${String(x - from + 1)}v1H${String(from)}z`;
      }
      return path;
    })
    .join('');
}

export function QrCode({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const code = useMemo(
    () => (text.length > longestQr ? null : encode(text, { ecc: 'L', border: 2 })),
    [text],
  );
  if (code === null) return <p className="dim">{t('qr.too-long', { n: text.length })}</p>;
  const side = String(code.size);
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={qrPath(code.data)} fill="#000" />
    </svg>
  );
}
