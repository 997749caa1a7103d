/** What people read in the library beside the runbooks themselves: findings, texts, documents, reference pages. */
import type { Handlers } from '../../contract/calls.ts';
import type { RunbookHealth } from '../../contract/views.ts';
import { ok } from '../../contract/result.ts';
import { markdownRunbook } from '../../domain/import/markdownRunbook.ts';
import type { Library, LoadedRunbook } from '../library/library.ts';
import type { StartGates } from '../runs/startGates.ts';

type LibraryCalls = Pick<
  Handlers,
  'library.lint' | 'library.health' | 'library.text' | 'library.document' | 'library.reference'
>;

export function libraryCalls(library: Library, lint: StartGates['lint']): LibraryCalls {
  return {
    'library.lint': async ({ id, rehearsal }) => {
      const entry = await library.get(id, { rehearsal });
      return entry.ok ? ok(await lint(entry.value)) : entry;
    },
    'library.health': async () => {
      const { entries } = await library.list();
      const found: RunbookHealth[] = [];
      for (const entry of entries) {
        found.push(await healthOf(entry, lint));
        await turnOfOthers();
      }
      return ok(found);
    },
    'library.text': async ({ id, rehearsal }) => {
      const entry = await library.get(id, { rehearsal });
      if (!entry.ok) return entry;
      const { bytes, kept, file, runbook, sha256 } = entry.value;
      const own = kept.find(({ kind }) => kind === 'main')?.bytes ?? bytes;
      const { version } = runbook;
      return ok({ file, version, sha256, text: textOf(bytes), written: textOf(own) });
    },
    'library.document': ({ name, text }) => {
      const read = markdownRunbook(text, name);
      if (!read.ok) return Promise.resolve(read);
      const { runbook, findings } = read.value;
      return Promise.resolve(ok({ runbook, findings, file: name }));
    },
    'library.reference': async () => ok(await library.pages()),
  };
}

async function healthOf(entry: LoadedRunbook, lint: StartGates['lint']): Promise<RunbookHealth> {
  const found = await lint(entry);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  return { id: entry.runbook.id, errors, warnings: found.length - errors };
}

/** A library is linted one runbook at a time: what else is asked of the host goes in between. */
function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
