/** What a command does when nobody reads its output any more. It goes on: what it found is its exit status as well. */

/** To be called once at the start of a program. Ends it with 3 when its output cannot be kept, as on a full disk. */
export function outlastReader(): void {
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code === 'EPIPE') return;
    process.stderr.write(`holdpoint: the output could not be written: ${failure.message}\n`);
    process.exit(3);
  });
}
