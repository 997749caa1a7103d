/** Words for a disk that does not take what must be kept. */
import type { Failure } from '../../contract/result.ts';
import { systemCode } from './durable.ts';

/** A failure that says what could not be written and what to do, from a system error. */
export function storageFailure(what: string, error: unknown, kept: string): Failure {
  const code = systemCode(error);
  const [why, hint] = explain(code, error);
  return { code: 'storage', message: `${what} cannot be written: ${why}.`, kept, hint };
}

function explain(code: string, error: unknown): readonly [string, string] {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['the disk is full', 'Free space on this disk; writing goes on by itself.'];
    case 'EROFS':
      return ['the disk is read-only', 'Make it writable, or move the data with HOLDPOINT_HOME.'];
    case 'EACCES':
    case 'EPERM':
      return ['this account may not write there', 'Correct the owner or mode of the folder.'];
    case 'EIO':
      return [
        'the disk reports an input/output error',
        'Copy the run folder to another disk before you go on.',
      ];
    default:
      return [error instanceof Error ? error.message : 'unknown reason', 'Look at the folder and its disk.'];
  }
}
