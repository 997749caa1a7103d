/** Schema files in runbooks/. */
export const schemaFiles: readonly string[];
/** The text of one of them, as it should stand. */
export function schemaText(file: string): Promise<string>;
