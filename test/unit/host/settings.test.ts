import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../../electron/contract/settings.ts';
import { openConf, openConfSettings } from '../../../electron/host/settings/confSettings.ts';
import { defaultSettings, personHere } from '../../../electron/host/settings/defaults.ts';
import {
  createFileSecretBox,
  readSecret,
  writeSecret,
} from '../../../electron/host/settings/fileSecretBox.ts';
import { ensurePaths, findPortable, resolvePaths } from '../../../electron/host/settings/paths.ts';
import { wrapSecret } from '../../../electron/host/settings/secretEnvelope.ts';
import { openSettings } from '../../../electron/host/settings/settingsStore.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-settings-'));
  file = path.join(folder, 'settings.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const defaults = defaultSettings({
  user: 'kim',
  hostname: 'desk7',
  timeZone: 'Europe/Prague',
  agentSocket: '/run/agent',
});

async function modeOf(place: string): Promise<number> {
  return (await stat(place)).mode & 0o777;
}

describe('where things are kept', () => {
  it.each([
    ['linux', {}, '/home/kim', '/home/kim/.config/holdpoint', '/home/kim/.local/share/holdpoint'],
    ['linux', { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' }, '/home/kim', '/c/holdpoint', '/d/holdpoint'],
    [
      'linux',
      { XDG_CONFIG_HOME: 'relative', XDG_DATA_HOME: '' },
      '/home/kim',
      '/home/kim/.config/holdpoint',
      '/home/kim/.local/share/holdpoint',
    ],
    [
      'darwin',
      {},
      '/Users/kim',
      '/Users/kim/Library/Application Support/Holdpoint/config',
      '/Users/kim/Library/Application Support/Holdpoint/data',
    ],
    [
      'win32',
      { APPDATA: 'C:\\R', LOCALAPPDATA: 'C:\\L' },
      'C:\\kim',
      'C:\\R\\Holdpoint\\config',
      'C:\\L\\Holdpoint\\data',
    ],
    [
      'win32',
      {},
      'C:\\kim',
      'C:\\kim\\AppData\\Roaming\\Holdpoint\\config',
      'C:\\kim\\AppData\\Local\\Holdpoint\\data',
    ],
    ['linux', { HOLDPOINT_HOME: '/h', XDG_DATA_HOME: '/d' }, '/home/kim', '/h/config', '/h/data'],
    ['darwin', { HOLDPOINT_HOME: '/h' }, '/Users/kim', '/h/config', '/h/data'],
  ] as const)('%s %j', (platform, env, home, config, data) => {
    expect(resolvePaths(env, platform, home, '/app')).toMatchObject({ config, data });
  });

  it('puts a portable folder after HOLDPOINT_HOME and before the platform', () => {
    expect(resolvePaths({}, 'linux', '/home/kim', '/app', '/usb/portable').data).toBe('/usb/portable/data');
    expect(resolvePaths({ HOLDPOINT_HOME: '/h' }, 'linux', '/home/kim', '/app', '/usb/portable').data).toBe(
      '/h/data',
    );
  });

  it("lists the person's runbooks before the shipped ones, and OpenSSH's own folder", () => {
    const paths = resolvePaths({ HOLDPOINT_HOME: '/h' }, 'linux', '/home/kim', '/app');
    expect(paths.runbooks).toEqual(['/h/data/runbooks', '/app/runbooks']);
    expect(paths.ssh).toBe('/home/kim/.ssh');
  });

  it('finds a portable folder only where there is one', async () => {
    expect(await findPortable([folder])).toBeUndefined();
    await writeFile(path.join(folder, 'portable'), 'a file is not a folder');
    expect(await findPortable([folder])).toBeUndefined();
    await rm(path.join(folder, 'portable'));
    await mkdir(path.join(folder, 'portable'));
    expect(await findPortable(['/nowhere', folder])).toBe(path.join(folder, 'portable'));
  });

  it('makes its folders for the owner alone, and closes those that were open', async () => {
    const paths = resolvePaths({ HOLDPOINT_HOME: folder }, process.platform, os.homedir(), '/app');
    await mkdir(paths.data, { mode: 0o755 });
    expect(await ensurePaths(paths)).toEqual({ ok: true, value: paths });
    for (const made of [
      paths.config,
      paths.data,
      path.join(paths.data, 'runs'),
      path.join(paths.data, 'overlays'),
      path.join(paths.data, 'runbooks'),
    ]) {
      expect(await modeOf(made)).toBe(0o700);
    }
  });

  it('says which folder cannot be made and what to do', async () => {
    await writeFile(file, '');
    const paths = resolvePaths({ HOLDPOINT_HOME: file }, process.platform, os.homedir(), '/app');
    const made = await ensurePaths(paths);
    if (made.ok) throw new Error('made');
    expect(made.error.code).toBe('storage');
    expect(made.error.message).toContain(paths.config);
    expect(made.error.message).toContain('not a folder');
    expect(made.error.hint).toContain('HOLDPOINT_HOME');
  });
});

describe('defaults', () => {
  it('are valid settings of this person', () => {
    expect(Settings.parse(defaults)).toEqual(defaults);
    expect(defaults).toMatchObject({
      operatorName: 'kim',
      operatorPrincipal: 'kim@desk7',
      theme: 'system',
      terminalFontSize: 14,
      agentSocket: '/run/agent',
    });
    expect(Settings.safeParse(defaultSettings(personHere({}))).success).toBe(true);
    expect(personHere({ SSH_AUTH_SOCK: '/s' }).agentSocket).toBe('/s');
  });

  it('stay valid for odd machines', () => {
    const odd = defaultSettings({
      user: 'u'.repeat(500),
      hostname: 'h'.repeat(500),
      timeZone: 'z'.repeat(500),
      agentSocket: 'a'.repeat(5000),
    });
    expect(Settings.safeParse(odd).success).toBe(true);
  });
});

describe('settings on disk', () => {
  it('writes nothing until something is changed, then only that, for the owner alone', async () => {
    const { store, notices } = await openConfSettings(folder, defaults);
    expect(notices).toEqual([]);
    expect(store.read()).toEqual(defaults);
    expect(store.update({ theme: 'dark' })).toMatchObject({ ok: true, value: { theme: 'dark' } });
    expect(await modeOf(file)).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ theme: 'dark' });
    const again = await openConfSettings(folder, { ...defaults, agentSocket: '/run/tomorrow' });
    expect(again.store.read()).toEqual({ ...defaults, theme: 'dark', agentSocket: '/run/tomorrow' });
  });

  it('refuses a change that is not valid and changes nothing', async () => {
    const { store } = await openConfSettings(folder, defaults);
    const refused = store.update({ terminalFontSize: 400 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(JSON.stringify(refused)).toContain('terminalFontSize');
    expect(store.read()).toEqual(defaults);
  });

  it.each([
    ['no JSON', '{"theme": "dark"'],
    ['no object', '["dark"]'],
    ['empty', ''],
    ['binary', '\u0000\u0001'],
  ])('keeps a file with %s aside and says where', async (_name, text) => {
    await writeFile(file, text);
    const now = () => new Date('2026-11-21T02:03:11.123Z');
    const { store, notices } = await openSettings({ directory: folder, defaults, open: openConf, now });
    const aside = `${file}.unreadable-20261121T020311-123Z`;
    expect(await readFile(aside, 'utf8')).toBe(text);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ code: 'corrupt' });
    expect(notices[0]?.kept).toContain(aside);
    expect(store.read()).toEqual(defaults);
    expect(store.update({ theme: 'light' }).ok).toBe(true);
  });

  it('takes a file of a version that had fewer settings, with defaults for the others', async () => {
    const old = { operatorName: 'Kim', theme: 'dark', terminalFontSize: 16 };
    await writeFile(file, JSON.stringify(old));
    const { store, notices } = await openConfSettings(folder, defaults);
    expect(notices).toEqual([]);
    expect(store.read()).toEqual({ ...defaults, ...old });
    expect(store.read()).toMatchObject({
      ...{ sshEngine: 'auto', sshConfig: 'use', matchExec: 'ask', filesOnHosts: 'allowed' },
      ...{ keepAliveSeconds: 15, keepAliveCount: 3 },
    });
    expect(store.update({ matchExec: 'never' }).ok).toBe(true);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...old, matchExec: 'never' });
  });

  it('keeps what is good of a file that is partly bad, names the rest, and says it once', async () => {
    await writeFile(file, JSON.stringify({ theme: 'dark', terminalFontSize: 'big', ofNewerVersion: 1 }));
    const { store, notices } = await openConfSettings(folder, defaults);
    expect(store.read()).toEqual({ ...defaults, theme: 'dark' });
    expect(notices[0]?.message).toContain('terminalFontSize');
    const aside = (await readdir(folder)).filter((name) => name.startsWith('settings.json.unreadable-'));
    expect(JSON.parse(await readFile(path.join(folder, aside[0] ?? ''), 'utf8'))).toMatchObject({
      terminalFontSize: 'big',
    });
    expect((await openConfSettings(folder, defaults)).notices).toEqual([]);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ theme: 'dark', ofNewerVersion: 1 });
  });

  it('leaves a place that it can neither read nor move alone, and says so at each change', async () => {
    const place = path.join(folder, 'not-a-folder');
    await writeFile(place, 'x');
    const { store, notices } = await openConfSettings(place, defaults);
    expect(notices).toHaveLength(1);
    expect(store.read()).toEqual(defaults);
    expect(store.update({ theme: 'dark' })).toMatchObject({ ok: false });
    expect(await readFile(place, 'utf8')).toBe('x');
  });

  it('reports a disk that stopped taking changes and keeps what it had', async () => {
    const open = (directory: string) => {
      const conf = openConf(directory);
      const full = () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      };
      return { path: conf.path, store: conf.store, delete: full, set: full };
    };
    const { store } = await openSettings({ directory: folder, defaults, open });
    const refused = store.update({ theme: 'dark' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(JSON.stringify(refused)).toContain('the disk is full');
    expect(store.read()).toEqual(defaults);
  });

  it('is the same file for electron-store', async () => {
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', path.join(folder, 'no-binary'));
    const { openDesktopSettings } = await import('../../../electron/desktop/electronStoreSettings.ts');
    (await openConfSettings(folder, defaults)).store.update({ theme: 'dark' });
    const desktop = await openDesktopSettings(folder, defaults);
    expect(desktop.store.read().theme).toBe('dark');
    desktop.store.update({ terminalFontSize: 18 });
    expect(await modeOf(file)).toBe(0o600);
    expect((await openConfSettings(folder, defaults)).store.read()).toMatchObject({
      theme: 'dark',
      terminalFontSize: 18,
    });
    expect((await readdir(folder)).filter((name) => name.endsWith('.json'))).toEqual(['settings.json']);
  });
});

describe('secrets kept by file permissions', () => {
  const secret = new Uint8Array([0, 1, 254, 255, 10]);

  it('come back, are for the owner alone, and are replaced whole', async () => {
    const box = createFileSecretBox();
    const place = path.join(folder, 'device.key');
    expect(await readSecret(box, place)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await writeSecret(box, place, new Uint8Array([9]))).toEqual({ ok: true, value: null });
    expect(await writeSecret(box, place, secret)).toEqual({ ok: true, value: null });
    expect(await modeOf(place)).toBe(0o600);
    expect(await readSecret(box, place)).toEqual({ ok: true, value: secret });
    expect(await readdir(folder)).toEqual(['device.key']);
  });

  it('are not used when others may read them', async () => {
    const place = path.join(folder, 'device.key');
    await writeFile(place, wrapSecret('file', secret), { mode: 0o644 });
    const read = await readSecret(createFileSecretBox(), place);
    expect(read).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(JSON.stringify(read)).toContain('chmod 600');
  });

  it('are not mistaken for something else', async () => {
    const box = createFileSecretBox();
    expect(await box.open(wrapSecret('os-keyring', secret))).toMatchObject({
      ok: false,
      error: { code: 'unsupported' },
    });
    expect(await box.open(secret)).toMatchObject({ ok: false, error: { code: 'corrupt' } });
    expect(await box.open(new Uint8Array())).toMatchObject({ ok: false, error: { code: 'corrupt' } });
  });

  it('leave what was there when they cannot be written', async () => {
    const place = path.join(folder, 'absent', 'device.key');
    expect(await writeSecret(createFileSecretBox(), place, secret)).toMatchObject({
      ok: false,
      error: { code: 'storage' },
    });
    const broken = { ...createFileSecretBox(), seal: () => Promise.reject(new Error('keyring locked')) };
    const good = path.join(folder, 'device.key');
    await writeSecret(createFileSecretBox(), good, secret);
    expect((await writeSecret(broken, good, new Uint8Array([1]))).ok).toBe(false);
    expect(await readSecret(createFileSecretBox(), good)).toEqual({ ok: true, value: secret });
  });
});
