/** Whether a shell on this computer can be opened. node-pty is optional; without it everything else works. */

export interface LocalShellCapability {
  readonly ok: boolean;
  /** For a person: what is there, or what is missing and how to get it. */
  readonly text: string;
}

/** Tries to load node-pty. Never rejects. */
export async function localShellCapability(
  load: () => Promise<unknown> = () => import('node-pty'),
): Promise<LocalShellCapability> {
  try {
    await load();
    return { ok: true, text: 'A shell on this computer can be opened.' };
  } catch {
    return {
      ok: false,
      text: 'No shell on this computer: the optional module node-pty is not installed or was built for another version. SSH is not affected. To get it, run "npm install node-pty" in the app folder (needs a C++ compiler and Python).',
    };
  }
}
