/** A verification in words and as data. Nothing that came from a bundle can steer a terminal. */
import { printable } from '../domain/verify/report.ts';
import type { Verification } from '../domain/verify/verify.ts';

const LEVELS = [
  ['l1', 'L1 intact and attributed'],
  ['l2', 'L2 consistent'],
  ['l3', 'L3 externally witnessed'],
] as const;

/** The three levels with what they rest on, then every finding: level, id, place, sentence. */
export function linesOf(name: string, { verdict }: Verification): readonly string[] {
  const stamp = verdict.rehearsal === true ? '  REHEARSAL' : '';
  const lines = [
    name,
    `run ${verdict.runId ?? 'unknown'}  result ${verdict.result ?? 'unknown'}${stamp}`,
    ...LEVELS.flatMap(([level, title]) => [
      `${title}: ${verdict[level]}`,
      ...verdict.rests[level].map((line) => `   ${line}`),
    ]),
    ...verdict.findings.map(({ level, id, place, message }) => `${level}  ${id}  ${place}: ${message}`),
  ];
  return lines.map((line) => printable(line, 2000));
}

/** Whether everything that was asked for holds. Without an outside witness L3 is `none`: said, and no failure. */
export function holds({ verdict }: Verification): boolean {
  return verdict.l1 === 'holds' && verdict.l2 === 'holds' && verdict.l3 !== 'fails';
}

/** What programs get: the verdict, signatures, files and reviews, without the content of the run. */
export function dataOf(name: string, verification: Verification) {
  const { verdict, signatures, files, intact, manifestSha256, reviews, timestamp } = verification;
  return {
    bundle: name,
    holds: holds(verification),
    verdict,
    signatures,
    files,
    intact,
    ...(manifestSha256 === undefined ? {} : { manifestSha256 }),
    reviews,
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** JSON in plain ASCII. */
export function asciiJson(value: unknown, indent?: number): string {
  const escape = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(/[\u007f-\uffff]/g, escape);
}
