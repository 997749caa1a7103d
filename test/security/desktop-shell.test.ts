/** The desktop shell boots against the recording fake; each test names the security rule it proves. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as electronFake from '../fakes/electron.ts';

type Fake = typeof electronFake;

let home: string;
let fake: Fake;

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-desktop-'));
  vi.stubEnv('HOLDPOINT_HOME', home);
  vi.stubEnv('NODE_OPTIONS_OF_TEST', 'x');
  vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
  vi.resetModules();
  fake = await import('../fakes/electron.ts');
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function boot(setUp: (fake: Fake) => void = () => undefined): Promise<void> {
  fake.app.appPath = home;
  setUp(fake);
  await import('../../electron/desktop/main.ts');
}

async function bootWindow(setUp?: (fake: Fake) => void) {
  await boot(setUp);
  await vi.waitFor(() => {
    expect(fake.BrowserWindow.all).toHaveLength(1);
  });
  const window = fake.BrowserWindow.all[0];
  const host = fake.hosts[0];
  if (window === undefined || host === undefined) throw new Error('no window');
  return { window, host };
}

const trusted = { senderFrame: { parent: null, origin: 'app://ui' } };

function ask(event: unknown, message: unknown): Promise<unknown> {
  const handler = fake.ipcMain.handlers.get('holdpoint:ask');
  if (handler === undefined) throw new Error('no handler');
  return handler(event, message);
}

describe('rule 1: a sandboxed window', () => {
  it('has exactly the hardened preferences', async () => {
    const { window } = await bootWindow();
    expect(window.options['webPreferences']).toEqual({
      preload: expect.stringMatching(/preload\.cjs$/) as string,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      experimentalFeatures: false,
      plugins: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: true,
      backgroundThrottling: false,
    });
    expect(fake.callsOf('app.enableSandbox')).toHaveLength(1);
  });

  it('has no developer tools when packaged', async () => {
    const { webPreferences } = await import('../../electron/desktop/policy.ts');
    expect(webPreferences('p', true).devTools).toBe(false);
  });
});

describe('rule 2: the interface comes from app://ui/ alone', () => {
  async function get(url: string, more: object = {}): Promise<Response> {
    const { answerAppRequest } = await import('../../electron/desktop/protocol.ts');
    return answerAppRequest(path.join(home, 'renderer'), { method: 'GET', url, ...more });
  }

  beforeEach(async () => {
    await mkdir(path.join(home, 'renderer', 'assets'), { recursive: true });
    await writeFile(path.join(home, 'renderer', 'index.html'), '<!doctype html>');
    await writeFile(path.join(home, 'renderer', 'assets', 'a.js'), 'export {};');
    await writeFile(path.join(home, 'secret.json'), '{}');
    await symlink(path.join(home, 'secret.json'), path.join(home, 'renderer', 'out.json'));
    await symlink(home, path.join(home, 'renderer', 'up'));
  });

  it('loads that address and registers the scheme as standard and secure before ready', async () => {
    await bootWindow();
    expect(fake.callsOf('window.loadURL')).toEqual([['app://ui/index.html']]);
    const order = fake.recorded.map((entry) => entry.part);
    expect(order.indexOf('protocol.registerSchemesAsPrivileged')).toBeLessThan(
      order.indexOf('app.whenReady'),
    );
    expect(fake.callsOf('protocol.registerSchemesAsPrivileged')[0]?.[0]).toEqual([
      {
        scheme: 'app',
        privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true },
      },
    ]);
  });

  it('answers a file with its type and the security headers', async () => {
    const response = await get('app://ui/assets/a.js', { initiatorOrigin: 'app://ui' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toBe('export {};');
    expect((await get('app://ui/')).status).toBe(200);
  });

  it.each([
    'app://ui/../secret.json',
    'app://ui/%2e%2e/secret.json',
    'app://ui/..%2fsecret.json',
    'app://ui/assets/..%5c..%5csecret.json',
    'app://ui/index.html%00.js',
    'app://ui//etc/hostname.json',
    'app://ui/%2fetc/hostname.json',
    'app://ui/%zz',
    'app://ui/out.json',
    'app://ui/up/secret.json',
    'app://ui/assets',
    'app://ui/.hidden.js',
    'app://other/index.html',
    'app://u:p@ui/index.html',
    'file:///etc/passwd',
    'nonsense',
  ])('answers 404 to %s', async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  it('answers 404 to other methods and to other origins', async () => {
    expect((await get('app://ui/index.html', { method: 'POST' })).status).toBe(404);
    expect((await get('app://ui/index.html', { initiatorOrigin: 'https://evil.example' })).status).toBe(404);
    expect((await get('app://ui/index.html', { initiatorOrigin: 'null' })).status).toBe(404);
  });
});

describe('rule 3: the session reaches no network', () => {
  it.each([
    'http://x.example/',
    'https://x.example/',
    'ws://x/',
    'wss://x/',
    'file:///etc/passwd',
    'ftp://x/',
    'app://other/',
  ])('cancels %s', async (url) => {
    await bootWindow();
    const handler = fake.session.defaultSession.handlers.get('before-request');
    const callback = vi.fn();
    (handler as unknown as (details: unknown, callback: unknown) => void)({ url }, callback);
    expect(callback).toHaveBeenCalledWith({ cancel: true });
  });

  it('lets its own files pass and refuses the schemes Chromium knows', async () => {
    await bootWindow();
    const handler = fake.session.defaultSession.handlers.get('before-request');
    const callback = vi.fn();
    (handler as unknown as (details: unknown, callback: unknown) => void)(
      { url: 'app://ui/index.html' },
      callback,
    );
    expect(callback).toHaveBeenCalledWith({ cancel: false });
    for (const scheme of ['http', 'https', 'file']) {
      const response = await fake.session.defaultSession.schemes.get(scheme)?.({ url: `${scheme}://x/` });
      expect(response?.status).toBe(403);
    }
  });
});

describe('rule 6: permissions are denied', () => {
  it.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'usb',
    'hid',
    'serial',
    'midi',
    'fileSystem',
    'display-capture',
    'local-network',
    'loopback-network',
    'pointerLock',
    'fullscreen',
    'unknown',
  ])('%s', async (permission) => {
    await bootWindow();
    const { handlers } = fake.session.defaultSession;
    const granted = vi.fn();
    (handlers.get('permission-request') as unknown as (...args: unknown[]) => void)(
      null,
      permission,
      granted,
    );
    expect(granted).toHaveBeenCalledWith(false);
    expect(
      (handlers.get('permission-check') as unknown as (...args: unknown[]) => boolean)(null, permission),
    ).toBe(false);
  });

  it('but for writing to the clipboard; devices and screen capture have handlers of their own', async () => {
    await bootWindow();
    const { handlers } = fake.session.defaultSession;
    const check = handlers.get('permission-check') as unknown as (...args: unknown[]) => boolean;
    expect(check(null, 'clipboard-sanitized-write')).toBe(true);
    expect((handlers.get('device') as unknown as () => boolean)()).toBe(false);
    const streams = vi.fn();
    (handlers.get('display-media') as unknown as (...args: unknown[]) => void)({}, streams);
    expect(streams).toHaveBeenCalledWith(null);
  });
});

describe('rule 7: no navigation, no second window, no webview', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    '%s is held to our origin',
    async (event) => {
      const { window } = await bootWindow();
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'app://other/',
        'javascript:alert(1)',
      ]) {
        const details = fake.cancellable({ url });
        window.webContents.emit(event, details);
        expect(details.defaultPrevented).toBe(true);
      }
      const own = fake.cancellable({ url: 'app://ui/index.html' });
      window.webContents.emit(event, own);
      expect(own.defaultPrevented).toBe(false);
    },
  );

  it('denies windows and webviews of any web contents', async () => {
    const { window } = await bootWindow();
    expect(window.webContents.windowOpenHandler?.({ url: 'app://ui/' })).toEqual({ action: 'deny' });
    const event = fake.cancellable();
    window.webContents.emit('will-attach-webview', event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe('rule 8: outside addresses', () => {
  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://host/share',
    'vscode://x',
    'http://plain.example/',
    'https://bank.example@evil.example/',
    'ms-msdt:/id',
    'not a url',
    `https://x.example/${'a'.repeat(2048)}`,
  ])('refuses %s without asking', async (url) => {
    await bootWindow();
    expect(await ask(trusted, { kind: 'open-external', url })).toMatchObject({ ok: false });
    expect(fake.callsOf('shell.openExternal')).toEqual([]);
    expect(fake.callsOf('dialog.showMessageBox')).toEqual([]);
  });

  it('shows the full address and opens it only on a yes', async () => {
    await bootWindow();
    const url = 'https://docs.example/a?b=c#d';
    expect(await ask(trusted, { kind: 'open-external', url })).toMatchObject({
      error: { code: 'cancelled' },
    });
    expect(fake.callsOf('shell.openExternal')).toEqual([]);
    expect(fake.callsOf('dialog.showMessageBox')[0]?.[1]).toMatchObject({
      detail: url,
      defaultId: 0,
      cancelId: 0,
    });
    fake.answers.messageBox = 1;
    expect(await ask(trusted, { kind: 'open-external', url })).toEqual({ ok: true, value: null });
    expect(fake.callsOf('shell.openExternal')).toEqual([[url]]);
  });
});

describe('rule 9: only the top frame of our page is heard', () => {
  it.each([
    ['a frame that navigated away', { senderFrame: null }],
    ['a subframe', { senderFrame: { parent: {}, origin: 'app://ui' } }],
    ['about:blank', { senderFrame: { parent: null, origin: 'null' } }],
    ['another origin', { senderFrame: { parent: null, origin: 'https://evil.example' } }],
    ['a look-alike', { senderFrame: { parent: null, origin: 'app://ui.evil' } }],
  ])('refuses %s', async (_name, event) => {
    await bootWindow();
    expect(await ask(event, { kind: 'connect' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(fake.callsOf('webContents.postMessage')).toEqual([]);
  });
});

describe('rule 10: requests to the shell are strict', () => {
  it.each([
    null,
    'connect',
    {},
    { kind: 'exec' },
    { kind: 'connect', extra: 1 },
    { kind: 'open-external' },
    ['connect'],
  ])('refuses %j', async (message) => {
    await bootWindow();
    expect(await ask(trusted, message)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });
});

describe('rules 13 and 20: the host process', () => {
  it('is a utility process without the variables that steer the runtime', async () => {
    vi.stubEnv('NODE_OPTIONS', '--inspect');
    await bootWindow();
    const [entry, args, options] = fake.callsOf('utilityProcess.fork')[0] ?? [];
    expect(entry).toMatch(/host\.mjs$/);
    expect(args).toEqual([]);
    const env = (options as { env: Record<string, string> }).env;
    expect(Object.keys(env).filter((name) => /^(?:NODE_|ELECTRON_)/.test(name))).toEqual([]);
    expect(env['HOLDPOINT_HOME']).toBe(home);
  });
});

describe('rule 14: secrets', () => {
  it.each(['basic_text', 'unknown'])(
    'are recorded as file-protected when the Linux backend is %s',
    async (backend) => {
      const { createSecretBox } = await import('../../electron/desktop/safeStorageBox.ts');
      fake.safeStorage.backend = backend;
      const box = await createSecretBox(fake.safeStorage as never, 'linux');
      expect(box.protection).toBe('file');
    },
  );

  it.each(['gnome_libsecret', 'kwallet6'])('are sealed by %s and opened again', async (backend) => {
    const { createSecretBox } = await import('../../electron/desktop/safeStorageBox.ts');
    fake.safeStorage.backend = backend;
    const box = await createSecretBox(fake.safeStorage as never, 'linux');
    expect(box.protection).toBe('os-keyring');
    const secret = new Uint8Array([0, 255, 7]);
    const sealed = await box.seal(secret);
    expect(Buffer.from(sealed).includes(Buffer.from(secret))).toBe(false);
    expect(await box.open(sealed)).toEqual({ ok: true, value: secret });
  });

  it('never fall back to plain text when the keyring refuses', async () => {
    const { createSecretBox } = await import('../../electron/desktop/safeStorageBox.ts');
    const broken = { ...fake.safeStorage, encryptStringAsync: () => Promise.reject(new Error('locked')) };
    const box = await createSecretBox(broken as never, 'darwin');
    await expect(box.seal(new Uint8Array([1]))).rejects.toThrow();
    const none = { ...fake.safeStorage, isAsyncEncryptionAvailable: () => Promise.resolve(false) };
    expect((await createSecretBox(none as never, 'darwin')).protection).toBe('file');
  });

  it('say so when the keyring does not give them back, and when they are of no known form', async () => {
    const { createSecretBox } = await import('../../electron/desktop/safeStorageBox.ts');
    const locked = { ...fake.safeStorage, decryptStringAsync: () => Promise.reject(new Error('locked')) };
    const box = await createSecretBox(locked as never, 'darwin');
    expect(await box.open(await box.seal(new Uint8Array([1])))).toMatchObject({
      ok: false,
      error: { code: 'auth' },
    });
    expect(await box.open(new Uint8Array([1, 2]))).toMatchObject({ ok: false, error: { code: 'corrupt' } });
  });
});

describe('rule 22: never without a sandbox', () => {
  it('a packaged app that was started without one says why it stops', async () => {
    Object.defineProperty(process, 'resourcesPath', { value: home, configurable: true });
    await boot((electron) => {
      electron.answers.packaged = true;
      electron.answers.switches = ['no-sandbox'];
    });
    expect(String(fake.callsOf('dialog.showErrorBox')[0]?.[1])).toContain('sandbox');
    expect(fake.callsOf('app.whenReady')).toEqual([]);
    expect(fake.callsOf('app.ended')).toHaveLength(1);
    Reflect.deleteProperty(process, 'resourcesPath');
  });
});

describe('rule 23: nothing asks the network by itself', () => {
  it('the spell checker is off', async () => {
    await bootWindow();
    expect(fake.callsOf('session.setSpellCheckerEnabled')).toEqual([[false]]);
  });
});

describe('rule 24: one instance, and a host whose death is told', () => {
  it('ends at once when another instance has the lock', async () => {
    await boot((electron) => {
      electron.answers.lock = false;
    });
    expect(fake.callsOf('app.quit')).toHaveLength(1);
    expect(fake.callsOf('app.whenReady')).toEqual([]);
    expect(fake.BrowserWindow.all).toEqual([]);
  });

  it('shows the window when a second instance starts', async () => {
    await bootWindow();
    fake.app.emit('second-instance');
    expect(fake.callsOf('window.focus')).toHaveLength(1);
  });

  it('keeps its Chromium state under HOLDPOINT_HOME, so that two homes have two locks', async () => {
    await bootWindow();
    expect(fake.callsOf('app.setPath')).toEqual([['userData', path.join(home, 'config', 'desktop')]]);
  });

  it('starts a host that died again and hands the new one the reason', async () => {
    const { host } = await bootWindow();
    host.emit('exit', 1);
    const second = fake.hosts[1];
    const start = second?.sent[0]?.message as { notices: { message: string }[] };
    expect(start.notices[0]?.message).toContain('was started again');
  });

  it('gives up after a few restarts and says what was kept', async () => {
    await bootWindow();
    for (let died = 0; died < 6; died += 1) fake.hosts.at(-1)?.emit('exit', 1);
    expect(fake.hosts).toHaveLength(6);
    expect(String(fake.callsOf('dialog.showErrorBox')[0]?.[1])).toContain('on disk');
    await vi.waitFor(() => {
      expect(fake.callsOf('app.ended').length).toBeGreaterThan(0);
    });
  });
});

describe('life of the shell', () => {
  it('gives a page a port once the host is ready, and at once afterwards', async () => {
    const { host } = await bootWindow();
    await ask(trusted, { kind: 'connect' });
    const pages = () => host.sent.filter(({ message }) => (message as { type: string }).type === 'page');
    expect(pages()).toHaveLength(0);
    host.emit('message', { type: 'ready' });
    expect(pages()).toHaveLength(1);
    await ask(trusted, { kind: 'connect' });
    expect(pages()).toHaveLength(2);
    expect(fake.callsOf('webContents.postMessage').map((args) => args[0])).toEqual([
      'holdpoint:port',
      'holdpoint:port',
    ]);
  });

  it('keeps the machine awake while a run is open', async () => {
    const { host } = await bootWindow();
    host.emit('message', { type: 'open-runs', count: 1 });
    host.emit('message', { type: 'open-runs', count: 2 });
    expect(fake.callsOf('powerSaveBlocker.start')).toEqual([['prevent-app-suspension']]);
    host.emit('message', { type: 'open-runs', count: 0 });
    expect(fake.callsOf('powerSaveBlocker.stop')).toHaveLength(1);
  });

  it('asks before closing on an open run, and stays on Escape', async () => {
    const { window, host } = await bootWindow();
    host.emit('message', { type: 'open-runs', count: 1 });
    window.close();
    await vi.waitFor(() => {
      expect(fake.callsOf('dialog.showMessageBox')).toHaveLength(1);
    });
    expect(window.destroyed).toBe(false);
    fake.answers.messageBox = 1;
    await vi.waitFor(() => {
      window.close();
      expect(window.destroyed).toBe(true);
    });
  });

  it('lets the host close its journals before it ends', async () => {
    const { window, host } = await bootWindow();
    window.close();
    await vi.waitFor(() => {
      expect(host.sent.at(-1)?.message).toEqual({ type: 'close' });
    });
    expect(fake.callsOf('app.ended')).toEqual([]);
    host.emit('exit', 0);
    await vi.waitFor(() => {
      expect(fake.callsOf('app.ended')).toHaveLength(1);
    });
  });

  it('refuses a page that asks for a host when there is none any more', async () => {
    const { host } = await bootWindow();
    host.emit('message', { type: 'failed', failure: { code: 'storage', message: 'x' } });
    expect(await ask(trusted, { kind: 'connect' })).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    });
    expect(fake.callsOf('webContents.postMessage')).toEqual([]);
  });

  it('shows why the host cannot start', async () => {
    const { host } = await bootWindow();
    host.emit('message', {
      type: 'failed',
      failure: { code: 'storage', message: 'The folder cannot be made.', hint: 'Set HOLDPOINT_HOME.' },
    });
    expect(fake.callsOf('dialog.showErrorBox')[0]?.[1]).toBe(
      'The folder cannot be made.\n\nSet HOLDPOINT_HOME.',
    );
    expect(fake.hosts).toHaveLength(1);
  });

  it('has no menu that could take a key from the terminal', async () => {
    const { menuTemplate } = await import('../../electron/desktop/menu.ts');
    expect(menuTemplate('linux')).toBeNull();
    expect(menuTemplate('win32')).toBeNull();
    await bootWindow();
    expect(fake.callsOf('Menu.setApplicationMenu')).toHaveLength(1);
  });
});
