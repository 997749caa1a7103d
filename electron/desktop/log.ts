/** The desktop shell's log: standard error, for whoever looks for the cause of an internal failure. Never for the page. */
import process from 'node:process';

/** Writes what went wrong inside, with the stack where there is one. */
export function logProblem(what: string, problem: unknown): void {
  const detail = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  process.stderr.write(`${new Date().toISOString()} ${what}: ${detail}\n`);
}
