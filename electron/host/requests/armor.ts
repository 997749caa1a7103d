/**
 * Signatures as people bring them back: pasted, mailed, from another system. What mail and editors do to line ends and
 * blanks is undone; what is kept is exactly what ssh-keygen writes.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { decodeSignature, MAX_ARMOR_BYTES, type SshSignature } from '../evidence/sshsig.ts';

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const COLUMNS = 70;

export interface BroughtSignature {
  /** The file as ssh-keygen writes it. */
  readonly armor: string;
  readonly signature: SshSignature;
}

/** Reads a signature that was brought here. `corrupt` when it is none, or not whole. */
export function readArmor(text: string): Result<BroughtSignature> {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const whole = lines[0] === BEGIN && lines.at(-1) === END && lines.length > 2;
  const body = lines.slice(1, -1).join('');
  if (!whole || !/^[A-Za-z0-9+/]+={0,2}$/.test(body) || body.length > MAX_ARMOR_BYTES) {
    return fail('corrupt', 'This is not a whole SSH signature.', {
      hint: `It begins with ${BEGIN} and ends with ${END}, as in the .sig file that ssh-keygen -Y sign writes.`,
    });
  }
  const base64 = Buffer.from(body, 'base64').toString('base64');
  const wrapped = base64.match(new RegExp(`.{1,${String(COLUMNS)}}`, 'g')) ?? [];
  const armor = `${BEGIN}\n${wrapped.join('\n')}\n${END}\n`;
  const signature = decodeSignature(Buffer.from(armor, 'latin1'));
  if (!signature.ok)
    return { ok: false, error: { ...signature.error, message: sentence(signature.error.message) } };
  return ok({ armor, signature: signature.value });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
