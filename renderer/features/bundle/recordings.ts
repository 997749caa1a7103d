/** The recordings of a run, each with the step, attempt and host it belongs to. Pure. */
import type { BundleView, RunSnapshot } from '../../../electron/contract/views.ts';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { replay } from '../../../electron/domain/run/evolve.ts';
import { visible } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';

export interface RecordingRow {
  readonly path: string;
  readonly bytes: number;
  readonly title: string;
  readonly aside: string;
  /** A command without a terminal: its line feeds begin a new line. */
  readonly newline: boolean;
}

export function stateOf(snapshot: RunSnapshot): RunState {
  return replay(snapshot.runbook, snapshot.records);
}

/** In the order of the run, then what belongs to no step. */
export function recordingsOf(bundle: BundleView, state: RunState | null): readonly RecordingRow[] {
  const files = bundle.files.filter(
    (file) => file.path.startsWith('recordings/') && file.path.endsWith('.cast'),
  );
  const known = new Map<string, Omit<RecordingRow, 'path' | 'bytes'> & { readonly order: number }>();
  for (const view of state?.steps ?? []) {
    for (const attempt of view.attempts) {
      known.set(attempt.recording, {
        order: view.index * 10_000 + attempt.n,
        title: view.step.title,
        aside: t('story.attempt', { n: attempt.n, target: attempt.target }),
        newline: attempt.mode !== 'pty',
      });
    }
  }
  return files
    .map((file) => {
      const row = known.get(file.path);
      return { file, row, order: row?.order ?? Number.MAX_SAFE_INTEGER };
    })
    .sort((a, b) => a.order - b.order || (a.file.path < b.file.path ? -1 : 1))
    .map(({ file, row }) => ({
      path: file.path,
      bytes: file.bytes,
      title: row?.title ?? shellTitle(file.path),
      aside: row?.aside ?? file.path.slice('recordings/'.length),
      newline: row?.newline ?? false,
    }));
}

function shellTitle(path: string): string {
  const shell = /^recordings\/shell-(.+)-\d+\.cast$/.exec(path)?.[1];
  return shell === undefined
    ? visible(path.slice('recordings/'.length))
    : t('player.shell', { target: shell });
}

/** A marker of a recording in words: the title of the step that it names. */
export function markerName(state: RunState | null, label: string): string {
  const step = label.startsWith('step:') ? label.slice('step:'.length) : null;
  const title = state?.steps.find((view) => view.step.id === step)?.step.title;
  return title === undefined ? label : t('player.marker.step', { title });
}
