/** The strict verifier (domain/verify) on files of this computer. */
import { open, type FileHandle } from 'node:fs/promises';
import { fail, type Result } from '../../contract/result.ts';
import type { Platform } from '../../domain/verify/ports.ts';
import { type Trust, type Verification, verify } from '../../domain/verify/verify.ts';
import { storage } from './files.ts';
import { fileSource, nodePlatform } from './nodePlatform.ts';

export type { Trust, Verification } from '../../domain/verify/verify.ts';

/**
 * Verifies a bundle. A bundle that is bad in any way gives a verdict with findings; an error value means that the
 * verification itself was not possible (`not-found`, `storage`, `bad-request` for the trust inputs).
 */
export async function verifyBundle(
  input: { readonly zip: string },
  trust: Trust,
  platform: Platform = nodePlatform,
): Promise<Result<Verification>> {
  let handle: FileHandle;
  try {
    handle = await open(input.zip, 'r');
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT')
      return fail('not-found', `there is no file ${input.zip}`);
    return storage(`${input.zip} cannot be read`, e);
  }
  try {
    return await verify(platform, await fileSource(handle), trust);
  } catch (e) {
    return storage(`${input.zip} cannot be read`, e);
  } finally {
    await handle.close();
  }
}
