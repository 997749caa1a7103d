/** Recordings, outputs and the other files a journal vouches for: there, whole, and nothing besides them. */
import { castCheck, type CastProblem } from '../../../domain/evidence/cast.ts';
import { citationsByFile, namedOnly } from '../../../domain/evidence/journal.ts';
import { isVouched, kindOf } from '../../../domain/evidence/names.ts';
import type { JournalRecord } from '../../../contract/records.ts';
import { mismatches } from '../survey.ts';
import { type Container, type Member, streamMember } from './members.ts';
import type { Report } from './report.ts';

/** A line of a recording is one chunk of output. */
const MAX_CAST_LINE = 4 * 1024 * 1024;

export async function checkCitedFiles(
  container: Container,
  records: readonly JournalRecord[],
  sha256: ReadonlyMap<string, string>,
  report: Report,
): Promise<number> {
  const byFile = citationsByFile(records);
  const named = namedOnly(records);
  for (const file of byFile.keys()) {
    if (!sha256.has(file))
      report.add('L2', 'file.missing', file, 'the journal vouches for it; it is not in the bundle');
  }
  for (const member of container.members.values()) {
    const kind = kindOf(member.path);
    const citations = byFile.get(member.path);
    const vouched = isVouched(kind);
    if (kind === null)
      report.add('L2', 'file.unknown', member.path, 'this version knows no such file in a bundle');
    if (vouched && citations === undefined && !named(member.path)) {
      report.add('L2', 'file.uncited', member.path, 'the journal does not vouch for this file');
    }
    if (citations === undefined && kind !== 'recording') continue;
    const cast = kind === 'recording' ? castReader(member, named(member.path), report) : undefined;
    const marks = (citations ?? []).map((citation) => citation.bytes);
    const hashed = await streamMember(container, member, report, {
      marks,
      ...(cast === undefined ? {} : { onChunk: cast.chunk }),
    });
    cast?.end();
    if (hashed.sha256 !== sha256.get(member.path)) {
      report.add('container', 'file.changing', member.path, 'the file changed while it was verified');
    }
    for (const message of citations === undefined ? [] : mismatches(hashed, citations)) {
      report.add('L2', 'file.not-as-recorded', member.path, message);
    }
  }
  return byFile.size;
}

/** Feeds a recording to castCheck line by line. `open`: the app went away while it was written, its end may be torn. */
function castReader(
  member: Member,
  open: boolean,
  report: Report,
): { readonly chunk: (bytes: Buffer) => void; readonly end: () => void } {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const check = castCheck();
  let rest = '';
  let broken = false;
  const say = (problem: CastProblem | null) => {
    if (problem === null) return;
    report.add('L2', problem.id, `${member.path}:${String(problem.line)}`, problem.message);
  };
  const stop = (id: string, message: string) => {
    broken = true;
    report.add('L2', id, member.path, message);
  };
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_CAST_LINE) stop('cast.line', 'a line is too long');
    for (const line of lines) say(check.line(line));
  };
  return {
    chunk: (bytes) => {
      if (broken) return;
      try {
        take(decoder.decode(bytes, { stream: true }));
      } catch {
        stop('cast.encoding', 'the recording is not UTF-8');
      }
    },
    end: () => {
      if (!broken) say(check.end(rest !== '' && !open));
    },
  };
}
