/**
 * The statements that people sign, as bytes and back, and what goes out to somebody who signs elsewhere. Pure. A
 * statement is read only in the one form in which it is written.
 */
import type { SigningRole, SignRequest } from '../../contract/people.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { Sha256 } from '../../contract/ids.ts';
import { Statement } from '../../contract/statements.ts';
import { canonicalize, type Json, parseCanonical } from './jcs.ts';
import { namespaceOf } from './names.ts';

/** Longest statement that is read, in characters: 500 guards of the longest names fit. */
export const MAX_STATEMENT_CHARS = 256 * 1024;

/** The text whose UTF-8 bytes are signed: canonical JSON and a line feed. Strings must be escaped before. */
export function statementText(statement: Statement): string {
  return `${canonicalize(JSON.parse(JSON.stringify(statement)) as Json)}\n`;
}

/** Reads a statement strictly: one line, canonical, of a known kind. The error says what is wrong with it. */
export function parseStatement(text: string): Result<Statement, string> {
  if (text.length > MAX_STATEMENT_CHARS) return err('it is too long');
  if (!text.endsWith('\n')) return err('it does not end with a line feed');
  const json = parseCanonical(text.slice(0, -1));
  if (!json.ok) return err(`it is ${json.error}`);
  const parsed = Statement.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') ?? '';
  return err(where === '' ? 'it is not a statement of a known kind' : `its field ${where} is not valid`);
}

/** The same, of one kind only. */
export function parseStatementOf<K extends Statement['kind']>(
  kind: K,
  text: string,
): Result<Extract<Statement, { kind: K }>, string> {
  const parsed = parseStatement(text);
  if (!parsed.ok) return parsed;
  const statement = parsed.value;
  return isOf(kind, statement) ? ok(statement) : err(`it is of kind ${statement.kind}, not ${kind}`);
}

function isOf<K extends Statement['kind']>(
  kind: K,
  statement: Statement,
): statement is Extract<Statement, { kind: K }> {
  return statement.kind === kind;
}

/** File name for a statement that is carried elsewhere, such as `20261122T010203Z-aabbcc.hold-go-live.json`. */
export function statementName(statement: Exclude<Statement, { kind: 'enrolment' }>): string {
  const part = statement.kind === 'hold' ? `hold-${statement.step}` : statement.kind;
  return `${statement.runId}.${part}.json`;
}

/** What somebody needs who signs elsewhere with stock OpenSSH (ssh-keygen(1), `-Y sign`). */
export function signRequest(
  statement: Exclude<Statement, { kind: 'enrolment' }>,
  text: string,
  sha256: Sha256,
  role: SigningRole,
): SignRequest {
  const name = statementName(statement);
  const namespace = namespaceOf(role);
  return {
    name,
    text,
    sha256,
    namespace,
    command: `ssh-keygen -Y sign -f KEY -n ${namespace} ${name}`,
    ...('expiresAt' in statement ? { expiresAt: statement.expiresAt } : {}),
  };
}
