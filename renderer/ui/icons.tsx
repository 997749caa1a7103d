/** Line icons, 24 units, stroke only. Decorative: the words beside them (or the label on the control) carry the meaning. */
import type { ReactElement } from 'react';

const paths = {
  mark: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M6.2 17.8 17.8 6.2',
  run: 'M7 5.5v13l11-6.5z',
  library: 'M5 5h6v14H5zM13 5h6v14h-6z',
  evidence: 'M12 3.5 19 6v6c0 4.5-3 7.5-7 8.5-4-1-7-4-7-8.5V6zM8.8 12l2.3 2.3 4.3-4.6',
  settings:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 4v2.5M12 17.5V20M4 12h2.5M17.5 12H20M6.3 6.3l1.8 1.8M15.9 15.9l1.8 1.8M17.7 6.3l-1.8 1.8M8.1 15.9l-1.8 1.8',
  plans: 'M6 4.5h9l3 3v12H6zM9 11h6M9 14.5h3.5M14.5 16.5l1.6 1.6 3.4-3.8',
  ledger: 'M5 5.5h14M5 10h14M5 14.5h14M5 19h8',
  people:
    'M9 4.5a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M3.5 19.5c0-3.3 2.4-5.5 5.5-5.5s5.5 2.2 5.5 5.5M16 5.2a3 3 0 0 1 0 5.6M17.5 14.4c1.9.8 3 2.6 3 5.1',
  help: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M9.6 9.6a2.5 2.5 0 1 1 3.4 2.3c-.7.3-1 .8-1 1.6M12 16.4v.1',
  chevron: 'M7 10l5 5 5-5',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  check: 'M5.5 12.5l4.2 4.2 8.8-9.4',
  warning: 'M12 4.5 21 19.5H3zM12 10v4.5M12 17v.1',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
