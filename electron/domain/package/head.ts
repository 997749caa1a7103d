/** `package.json`: what a package says of itself. Canonical JSON and a line feed, read in no other form. */
import { z } from 'zod';
import { Instant } from '../../contract/ids.ts';
import { PackageName, PackageVersion } from '../../contract/packages.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { canonicalize, parseCanonical } from '../evidence/jcs.ts';

const PackageHeadFile = z.strictObject({
  format: z.literal(1),
  kind: z.literal('runbook-package'),
  name: PackageName,
  version: PackageVersion,
  title: z.string().min(1).max(200),
  created: Instant,
});
export type PackageHeadFile = z.infer<typeof PackageHeadFile>;

/** Its text. The title must have been escaped before. */
export function headText(head: PackageHeadFile): string {
  return `${canonicalize({ ...head })}\n`;
}

/** Reads it strictly. The error says what is wrong, as the end of a sentence. */
export function parseHead(text: string): Result<PackageHeadFile, string> {
  if (!text.endsWith('\n')) return err('it does not end with a line feed');
  const json = parseCanonical(text.slice(0, -1));
  if (!json.ok) return err(`it is ${json.error}`);
  const parsed = PackageHeadFile.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  return err(`its field ${parsed.error.issues[0]?.path.map(String).join('.') ?? ''} is not valid`);
}
