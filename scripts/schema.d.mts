/** The text of runbooks/runbook.schema.json, as it should stand. */
export function schemaText(): Promise<string>;
