/** Which addresses in a runbook's prose may become links. */

const allowed: ReadonlySet<string> = new Set(['https:', 'mailto:']);

/** The address in its full (punycode) form when its scheme is allowed, else null. */
export function safeLink(url: string): string | null {
  try {
    const parsed = new URL(url);
    return allowed.has(parsed.protocol) && parsed.username === '' ? parsed.href : null;
  } catch {
    return null;
  }
}
