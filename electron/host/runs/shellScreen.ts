/**
 * What the live shell shows in the pane. While a command has the pane it is kept back, so that nobody takes a shell's
 * prompt for the command's; afterwards it is shown. Screen only: the recording of the shell has every byte.
 */
import type { Pane } from '../terminal/pane.ts';

/** Of what was kept back only the last part is shown. */
const KEPT_BYTES = 64 * 1024;

export interface ShellScreen extends Pick<Pane, 'size' | 'write' | 'notice'> {
  /** Shows what was kept back. */
  release(): void;
}

export function createShellScreen(pane: Pane, taken: () => boolean): ShellScreen {
  const kept: { readonly show: () => void; readonly bytes: number }[] = [];
  let keptBytes = 0;
  let skipped = 0;

  function later(bytes: number, show: () => void): void {
    if (!taken() && kept.length === 0) {
      show();
      return;
    }
    kept.push({ show, bytes });
    keptBytes += bytes;
    while (keptBytes > KEPT_BYTES) {
      const first = kept.shift();
      keptBytes -= first?.bytes ?? keptBytes;
      skipped += first?.bytes ?? 0;
    }
    if (!taken()) release();
  }

  function release(): void {
    if (skipped > 0) {
      pane.notice(
        `\r\n\x1b[7m ${String(skipped)} bytes of the live shell not shown here, all of it recorded \x1b[0m\r\n`,
      );
    }
    skipped = 0;
    keptBytes = 0;
    for (const { show } of kept.splice(0)) show();
  }

  return {
    get size() {
      return pane.size;
    },
    write(bytes) {
      later(bytes.byteLength, () => {
        pane.write(bytes);
      });
    },
    notice(text) {
      later(text.length, () => {
        pane.notice(text);
      });
    },
    release,
  };
}
