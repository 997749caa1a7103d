/**
 * Settings over a conf-like file. A file that cannot be read is kept aside and reported, never silently replaced;
 * only what a person changed is written, so that defaults follow the session (agent socket, time zone).
 */
import { copyFile, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { Settings } from '../../contract/settings.ts';
import { type Failure, type Result, fail, ok } from '../../contract/result.ts';
import type { SettingsStore } from '../ports.ts';
import { reasonOf } from './paths.ts';

/** The part of `conf` and `electron-store` that is used. Both throw. */
export interface ConfLike {
  readonly path: string;
  readonly store: Readonly<Record<string, unknown>>;
  set(values: Record<string, unknown>): void;
  delete(name: string): void;
}

/** Name of the file without `.json`: the same in every shell. */
export const SETTINGS_NAME = 'settings';
export const SETTINGS_MODE = 0o600;

export interface SettingsSource {
  /** Folder of `settings.json`. */
  readonly directory: string;
  readonly defaults: Settings;
  /** Opens the file in that folder. */
  readonly open: (directory: string) => ConfLike;
  readonly now?: () => Date;
}

export interface OpenedSettings {
  readonly store: SettingsStore;
  /** What the person must be told: settings that could not be read, and where they were kept. */
  readonly notices: readonly Failure[];
}

/** Opens the settings. Never fails: at the worst the defaults are used, the file is left as it is, and a notice says so. */
export async function openSettings(source: SettingsSource): Promise<OpenedSettings> {
  const file = path.join(source.directory, `${SETTINGS_NAME}.json`);
  const found = await readStored(file);
  if (found.kind === 'good') return opened(source, found.values, [], []);
  const aside = `${file}.unreadable-${stamp(source.now?.() ?? new Date())}`;
  const problem = await putAside(file, aside, found.kind);
  const what =
    found.kind === 'partly' ? `${file}: ${found.fields.join(', ')} cannot be used` : `${file} cannot be read`;
  if (problem !== null) {
    const notice = fail('corrupt', `${what}, and it could not be copied aside: ${problem}.`, {
      kept: 'The file is as it was. Defaults are used until it is mended.',
      hint: 'Mend or move the file and start again. Settings cannot be changed before that.',
    });
    return { store: frozenSettings(source.defaults, notice.error), notices: [notice.error] };
  }
  const notice = fail('corrupt', `${what}.`, {
    kept: `The file as it was is ${aside}.`,
    hint: 'Defaults are used in place of what could not be read. Check the settings.',
  });
  return found.kind === 'partly'
    ? opened(source, found.values, found.fields, [notice.error])
    : opened(source, {}, [], [notice.error]);
}

type Stored =
  | { readonly kind: 'good'; readonly values: Partial<Settings> }
  | { readonly kind: 'partly'; readonly values: Partial<Settings>; readonly fields: readonly string[] }
  | { readonly kind: 'unreadable' };

async function readStored(file: string): Promise<Stored> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (problem) {
    const absent = problem instanceof Error && 'code' in problem && problem.code === 'ENOENT';
    return absent ? { kind: 'good', values: {} } : { kind: 'unreadable' };
  }
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? pick(json) : { kind: 'unreadable' };
  } catch {
    return { kind: 'unreadable' };
  }
}

/** The fields that are valid. Fields this version does not know belong to another version and are left alone. */
function pick(json: Readonly<Record<string, unknown>>): Stored {
  const values: Record<string, unknown> = {};
  const fields: string[] = [];
  for (const [name, schema] of Object.entries(Settings.shape)) {
    if (!Object.hasOwn(json, name)) continue;
    const parsed = schema.safeParse(json[name]);
    if (parsed.success) values[name] = parsed.data;
    else fields.push(name);
  }
  return fields.length === 0 ? { kind: 'good', values } : { kind: 'partly', values, fields };
}

/** Keeps the file aside. One with good parts is copied and goes on; one that is no settings at all is moved. */
async function putAside(file: string, aside: string, kind: 'partly' | 'unreadable'): Promise<string | null> {
  try {
    if (kind === 'partly') await copyFile(file, aside);
    else await rename(file, aside);
    return null;
  } catch (problem) {
    return reasonOf(problem);
  }
}

function opened(
  source: SettingsSource,
  stored: Partial<Settings>,
  unusable: readonly string[],
  notices: readonly Failure[],
): OpenedSettings {
  let conf: ConfLike;
  try {
    conf = source.open(source.directory);
    for (const field of unusable) conf.delete(field);
  } catch (problem) {
    const notice = cannotWrite(source.directory, problem);
    return {
      store: frozenSettings({ ...source.defaults, ...stored }, notice),
      notices: [...notices, notice],
    };
  }
  let current: Settings = { ...source.defaults, ...stored };
  const store: SettingsStore = {
    read: () => current,
    update(change) {
      const next = Settings.safeParse({ ...current, ...change });
      if (!next.success) {
        const field = next.error.issues[0]?.path.join('.') ?? '';
        return fail('bad-request', `The setting ${field} is not valid.`, { kept: 'No setting was changed.' });
      }
      try {
        conf.set({ ...change });
      } catch (problem) {
        return { ok: false, error: cannotWrite(conf.path, problem) };
      }
      current = next.data;
      return ok(current);
    },
  };
  return { store, notices };
}

function frozenSettings(settings: Settings, problem: Failure): SettingsStore {
  return { read: () => settings, update: (): Result<Settings> => ({ ok: false, error: problem }) };
}

function cannotWrite(place: string, problem: unknown): Failure {
  return fail('storage', `The settings cannot be saved at ${place}: ${reasonOf(problem)}.`, {
    kept: 'The settings on disk are as they were.',
    hint: 'Make the folder writable, or set HOLDPOINT_HOME to a folder that is.',
  }).error;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** UTC time fit for a file name on every platform. */
function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]/g, '').replace('.', '-');
}
