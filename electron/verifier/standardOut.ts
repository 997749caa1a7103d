/** What a command does when its output cannot be written any more. It goes on: what it does matters more than what it says. */

/** The output is lost: nobody can have read what was found. */
const OUTPUT_LOST = 3;

/**
 * To be called once at the start of a program. A reader that went away (EPIPE, as with `| head`) is no failure. Where
 * the output is lost otherwise, as on a full disk, that is said once, and a program that would end with 0 ends with 3.
 */
export function outlastReader(): void {
  let lost = false;
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code === 'EPIPE' || lost) return;
    lost = true;
    process.stderr.write(`holdpoint: the output could not be written: ${failure.message}\n`);
    process.on('exit', (code) => {
      if (code === 0) process.exitCode = OUTPUT_LOST;
    });
  });
  // There is no other place left to say anything.
  process.stderr.on('error', () => undefined);
}
