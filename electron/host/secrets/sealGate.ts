/**
 * Stands before the seal of a run that had secrets: all its files are looked through, and it is not sealed while one of
 * them holds a secret or cannot be searched, unless a person lets it pass by name and reason. Says where, never what.
 */
import type { SealBlock } from '../../contract/views.ts';
import type { RunId, VarName } from '../../contract/ids.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { SealNote } from '../../domain/evidence/runFile.ts';
import { compileSecrets } from '../../domain/redact/redactor.ts';
import { exists } from '../evidence/files.ts';
import { join } from 'node:path';
import { signaturePath } from '../../domain/evidence/names.ts';
import { readJournal } from '../runs/journal.ts';
import { runFolder } from '../runs/runFolder.ts';
import { readStored } from '../runs/storedRun.ts';
import { IN_PART } from '../terminal/redactions.ts';
import { neededSecrets } from './needed.ts';
import type { RunSecrets } from './runSecrets.ts';
import { type SecretFinding, searchRun, WRITTEN_IN_PART } from './searchRun.ts';
import type { SecretDesk } from './secretDesk.ts';

export interface SealGate {
  /** The notes that the seal must bear; `refused` when the run may not be sealed. Called for runs without a seal. */
  pass(runId: RunId): Promise<Result<readonly SealNote[]>>;
  /** Why an ended run is not sealed; null when nothing keeps it. */
  block(runId: RunId): Promise<Result<SealBlock | null>>;
  /** The next attempt to seal the run passes although a secret may be in its files. */
  override(runId: RunId, by: string, reason: string): void;
  /** Secrets that were forgotten, given once more so that the files can be searched. The seal says by whom. */
  give(runId: RunId, values: Readonly<Record<string, string>>, by: string): Promise<Result<null>>;
  /** The run is sealed: its secrets are not needed any more. */
  sealed(runId: RunId): void;
  /** Forgets all secrets. */
  close(): void;
}

export function createSealGate(options: { readonly data: string; readonly secrets: SecretDesk }): SealGate {
  const overrides = new Map<RunId, { readonly by: string; readonly reason: string }>();
  const folder = (runId: RunId) => runFolder(options.data, runId);

  /** Null when the run never had a secret. */
  async function examine(runId: RunId): Promise<Result<SealBlock | null>> {
    const dir = folder(runId);
    const stored = await readStored(dir);
    const read = await readJournal(dir);
    // What cannot be read is the seal's to tell.
    if (!stored.ok || !read.ok) return ok(null);
    const held = options.secrets.of(runId);
    const needed = neededSecrets(stored.value.plan, read.value.records);
    const names = new Set<VarName>([...needed, ...(held?.held() ?? [])]);
    if (names.size === 0) return ok(null);
    const missing = new Set(held?.missing());
    const unknown = [...names].filter((name) => held?.get(name) === undefined || missing.has(name));
    const found = await searchRun(dir, held?.patterns() ?? compileSecrets([]));
    if (!found.ok) return found;
    // A recording says it as well, unless it was cut off.
    const told = partly(read.value.records).filter(
      (one) =>
        !found.value.some(
          ({ file, rule, message }) => message === one.message && file === one.file && rule === one.rule,
        ),
    );
    const findings = [...found.value, ...told];
    return ok(findings.length === 0 && unknown.length === 0 ? null : { runId, findings, unknown });
  }

  return {
    async pass(runId) {
      // Good for one attempt: a person lets pass what was found now, not whatever a run may still bring.
      const override = overrides.get(runId);
      overrides.delete(runId);
      const block = await examine(runId);
      if (!block.ok) return block;
      if (block.value !== null && override === undefined) return refusal(block.value);
      const again = againNotes(options.secrets.of(runId)?.givenAgain() ?? []);
      return ok(
        block.value === null || override === undefined
          ? again
          : [...notesOf(block.value, override), ...again],
      );
    },
    async block(runId) {
      if (await exists(join(folder(runId), signaturePath('seal')))) return ok(null);
      const read = await readJournal(folder(runId));
      if (!read.ok) return read;
      if (read.value.records.at(-1)?.type !== 'run.end') return ok(null);
      return examine(runId);
    },
    override(runId, by, reason) {
      overrides.set(runId, { by, reason });
    },
    async give(runId, values, by) {
      if (options.secrets.of(runId) === null) {
        const stored = await readStored(folder(runId));
        if (!stored.ok) return stored;
        const { plan, entry } = stored.value;
        options.secrets.open(plan, entry.runbook);
      }
      return options.secrets.give(runId, values, by);
    },
    sealed(runId) {
      overrides.delete(runId);
      options.secrets.forget(runId);
    },
    close() {
      overrides.clear();
      options.secrets.close();
    },
  };
}

/** Known from the moment it happened, on record: it outlives the memory of this app. */
function partly(records: readonly JournalRecord[]): readonly SecretFinding[] {
  return records.flatMap((record) =>
    record.type === 'redaction' && record.d.rule.endsWith(IN_PART)
      ? [
          {
            file: record.d.file,
            rule: record.d.rule.slice(0, -IN_PART.length),
            message: WRITTEN_IN_PART,
          },
        ]
      : [],
  );
}

function refusal({ findings, unknown }: SealBlock): Result<never> {
  const found = findings[0];
  const message =
    found === undefined
      ? `The run is not sealed: ${unknown.join(', ')} must be given again so that its files can be searched.`
      : `The run is not sealed: a secret may stand in its files (${found.file}: ${found.message}).`;
  return fail('refused', message, {
    kept: 'Every file of the run is as it was.',
    hint: 'Give the secrets again, or seal it all the same by name and reason.',
  });
}

/** One for each person: an auditor must know that the search is as good as what they gave from memory. */
function againNotes(given: ReturnType<RunSecrets['givenAgain']>): readonly SealNote[] {
  const people = [...new Set(given.map(({ by }) => by))];
  return people.map((by) => {
    const names = given.filter((one) => one.by === by).map(({ name }) => name);
    const many = names.length === 1 ? '1 secret' : `${String(names.length)} secrets`;
    return {
      kind: 'secret-given-again' as const,
      file: 'journal.jsonl',
      message: `all files were searched with ${many} that ${by} gave again: ${names.join(', ')}. Whether the values are those of before is their word`,
    };
  });
}

function notesOf(
  block: SealBlock,
  { by, reason }: { readonly by: string; readonly reason: string },
): readonly SealNote[] {
  const word = `${by} let it pass: ${reason}`;
  return [
    ...block.findings.map(({ file, message }) => ({
      kind: 'secret-found' as const,
      file,
      message: `${message}. ${word}`,
    })),
    ...block.unknown.map((name) => ({
      kind: 'secret-not-searched' as const,
      file: 'journal.jsonl',
      message: `no file was searched for ${name}, which was not in memory any more. ${word}`,
    })),
  ];
}
