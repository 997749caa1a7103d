/** Quoting for shells on hosts. Pure. */

/** Quotes any text for POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Quotes any text so that POSIX shells, zsh and fish read the same: fish takes a backslash before a backslash or a
 * quote for an escape within single quotes, so that such ones stand within double quotes here, where all agree.
 */
export function quoteForAnyShell(text: string): string {
  const quoted = text.replace(/\\{2,}|\\(?='|$)|'+/g, (run) =>
    run.startsWith('\\') ? `'"${run.replaceAll('\\', '\\\\')}"'` : `'"${run}"'`,
  );
  return `'${quoted}'`;
}
