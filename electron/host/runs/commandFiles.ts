/** The files of a command: what the operator saw and what goes over the wire, on disk before anything is sent. */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../contract/result.ts';
import type { PreparedCommand } from '../../domain/run/commands.ts';
import { writeAllDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Rendered } from './render.ts';
import type { CommandFiles } from './runFolder.ts';

/** Writes what will be sent, durably, before anybody is asked whether it may start. */
export async function writeCommand(
  dir: string,
  files: CommandFiles,
  rendered: Rendered,
  wire: string,
  purpose: PreparedCommand['purpose'],
): Promise<Result<PreparedCommand>> {
  try {
    await writeAllDurably([
      { path: join(dir, files.command), content: rendered.text },
      { path: join(dir, files.wire), content: wire },
    ]);
  } catch (error) {
    return { ok: false, error: storageFailure('The command', error, 'Nothing was sent.') };
  }
  const ref = (file: string, content: string) => ({
    file,
    bytes: Buffer.byteLength(content),
    sha256: sha256(content),
  });
  return ok({
    purpose,
    command: ref(files.command, rendered.text),
    wire: ref(files.wire, wire),
    recording: files.recording,
    output: files.stdout,
    ...(rendered.confirm === undefined || purpose !== 'run' ? {} : { confirm: rendered.confirm }),
    ...(rendered.fed === undefined || purpose !== 'run' ? {} : { fed: rendered.fed }),
    ...(rendered.withheld === true ? { withheld: true } : {}),
  });
}

/** Takes back the files of a command that was not started, so that nothing uncited stays in the folder. */
export async function discardCommand(dir: string, files: CommandFiles): Promise<void> {
  for (const file of Object.values(files) as readonly string[])
    await unlink(join(dir, file)).catch(() => undefined);
}
