/**
 * Recording fake of the parts of Electron the desktop shell uses, so that the shell boots without the binary. It does
 * what the documentation says those parts do and writes down what it was asked; it decides nothing.
 */
import { EventEmitter } from 'node:events';

export interface Recorded {
  readonly part: string;
  readonly args: readonly unknown[];
}

/** Everything the shell asked for, in order. */
export const recorded: Recorded[] = [];
/** What dialogs answer: the test sets these. */
export const answers = {
  messageBox: 0,
  openDialog: [] as string[],
  lock: true,
  packaged: false,
  switches: [] as string[],
  pdf: (): Promise<Buffer> => Promise.resolve(Buffer.from('%PDF-1.4\n%%EOF\n')),
};

function record(part: string, ...args: readonly unknown[]): void {
  recorded.push({ part, args });
}

/** The arguments of each call of a part. */
export function callsOf(part: string): readonly (readonly unknown[])[] {
  return recorded.filter((entry) => entry.part === part).map((entry) => entry.args);
}

class FakeApp extends EventEmitter {
  appPath = '/app';
  get isPackaged(): boolean {
    return answers.packaged;
  }
  readonly commandLine = { hasSwitch: (name: string): boolean => answers.switches.includes(name) };
  getAppPath = (): string => this.appPath;
  getVersion = (): string => '0.0.0-test';
  getPath = (): string => this.appPath;
  setPath = (name: string, value: string): void => {
    record('app.setPath', name, value);
  };
  enableSandbox = (): void => {
    record('app.enableSandbox');
  };
  requestSingleInstanceLock = (): boolean => {
    record('app.requestSingleInstanceLock');
    return answers.lock;
  };
  whenReady = async (): Promise<void> => {
    record('app.whenReady');
    await Promise.resolve();
  };
  /** As Electron's: `will-quit` may be prevented; then the app goes on. */
  quit = (): void => {
    record('app.quit');
    const event = cancellable();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) record('app.ended');
  };
}

export interface Cancellable {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function cancellable<T extends object>(more?: T): Cancellable & T {
  const event = {
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
    ...more,
  };
  return event as Cancellable & T;
}

class FakeWebContents extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  postMessage(channel: string, message: unknown, ports: unknown[]): void {
    record('webContents.postMessage', channel, message, ports);
  }
  reload(): void {
    record('webContents.reload');
  }
  printToPDF(options: unknown): Promise<Buffer> {
    record('webContents.printToPDF', options);
    return answers.pdf();
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly webContents = new FakeWebContents();
  destroyed = false;
  readonly options: Record<string, unknown>;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    record('BrowserWindow', options);
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    record('window.loadURL', url);
    return Promise.resolve();
  }
  show(): void {
    record('window.show');
  }
  focus(): void {
    record('window.focus');
  }
  restore(): void {
    record('window.restore');
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  /** As a person's click on the close button. */
  close(): void {
    const event = cancellable();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    this.destroyed = true;
    record('window.destroy');
    this.emit('closed');
    app.emit('window-all-closed');
  }
}

export class FakePort extends EventEmitter {
  closed = false;
  started = false;
  readonly sent: unknown[] = [];
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  start(): void {
    this.started = true;
  }
  close(): void {
    this.closed = true;
    this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new FakePort();
  readonly port2 = new FakePort();
}

export class FakeUtilityProcess extends EventEmitter {
  readonly sent: { readonly message: unknown; readonly ports: readonly FakePort[] }[] = [];
  killed = false;
  postMessage(message: unknown, ports: readonly FakePort[] = []): void {
    this.sent.push({ message, ports });
  }
  kill(): boolean {
    this.killed = true;
    this.emit('exit', 15);
    return true;
  }
}

export const app = new FakeApp();
export const hosts: FakeUtilityProcess[] = [];
export const utilityProcess = {
  fork(...args: unknown[]): FakeUtilityProcess {
    record('utilityProcess.fork', ...args);
    const host = new FakeUtilityProcess();
    hosts.push(host);
    return host;
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown): void => {
    record('protocol.registerSchemesAsPrivileged', schemes);
  },
};

type Handler = (...args: never[]) => unknown;

export class FakeSession extends EventEmitter {
  readonly schemes = new Map<string, (request: unknown) => Promise<Response> | Response>();
  readonly handlers = new Map<string, Handler>();
  readonly protocol = {
    handle: (scheme: string, handler: (request: unknown) => Promise<Response> | Response): void => {
      this.schemes.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (handler: Handler): void => {
      this.handlers.set('before-request', handler);
    },
  };
  setPermissionRequestHandler(handler: Handler): void {
    this.handlers.set('permission-request', handler);
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.handlers.set('permission-check', handler);
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.handlers.set('device', handler);
  }
  setDisplayMediaRequestHandler(handler: Handler): void {
    this.handlers.set('display-media', handler);
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    record('session.setSpellCheckerEnabled', enabled);
  }
}

export const partitions = new Map<string, FakeSession>();
export const session = {
  defaultSession: new FakeSession(),
  fromPartition(name: string, options: unknown): FakeSession {
    record('session.fromPartition', name, options);
    const known = partitions.get(name) ?? new FakeSession();
    partitions.set(name, known);
    return known;
  },
};

export const ipcMain = {
  handlers: new Map<string, (event: unknown, message: unknown) => Promise<unknown>>(),
  handle(channel: string, handler: (event: unknown, message: unknown) => Promise<unknown>): void {
    ipcMain.handlers.set(channel, handler);
  },
};

export const dialog = {
  showMessageBox: (...args: unknown[]): Promise<{ response: number }> => {
    record('dialog.showMessageBox', ...args);
    return Promise.resolve({ response: answers.messageBox });
  },
  showOpenDialog: (...args: unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> => {
    record('dialog.showOpenDialog', ...args);
    return Promise.resolve({ canceled: answers.openDialog.length === 0, filePaths: answers.openDialog });
  },
  showErrorBox: (...args: unknown[]): void => {
    record('dialog.showErrorBox', ...args);
  },
};

export const shell = {
  openExternal: (url: string): Promise<void> => {
    record('shell.openExternal', url);
    return Promise.resolve();
  },
};

let blockers = 0;
export const powerSaveBlocker = {
  start: (type: string): number => {
    record('powerSaveBlocker.start', type);
    return ++blockers;
  },
  stop: (id: number): void => {
    record('powerSaveBlocker.stop', id);
  },
};

export const Menu = {
  setApplicationMenu: (menu: unknown): void => {
    record('Menu.setApplicationMenu', menu);
  },
  buildFromTemplate: (template: unknown): unknown => ({ template }),
};

export const safeStorage = {
  backend: 'basic_text',
  isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(true),
  getSelectedStorageBackend: (): string => safeStorage.backend,
  encryptStringAsync: (text: string): Promise<Buffer> => Promise.resolve(Buffer.from(`enc:${text}`)),
  decryptStringAsync: (bytes: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> =>
    Promise.resolve({ result: bytes.toString().slice(4), shouldReEncrypt: false }),
};

export const exposed = new Map<string, unknown>();
export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown): void => {
    exposed.set(name, value);
  },
};

class FakeIpcRenderer extends EventEmitter {
  invoke(...args: unknown[]): Promise<unknown> {
    record('ipcRenderer.invoke', ...args);
    return Promise.resolve({ ok: true, value: null });
  }
}
export const ipcRenderer = new FakeIpcRenderer();
