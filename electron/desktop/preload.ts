/** The only code between page and shell: one frozen object and one port. It must never hand out ipcRenderer or an event. */
import { contextBridge, ipcRenderer } from 'electron';
import type { DesktopBridge, PORT_MESSAGE } from '../contract/bridge.ts';
import type { ASK_CHANNEL, PORT_CHANNEL, ShellRequest } from './ipc.ts';
import type { APP_ORIGIN } from './policy.ts';

// Written out because a sandboxed preload is one file; the types keep them equal to what the other side uses.
const ask: typeof ASK_CHANNEL = 'holdpoint:ask';
const portChannel: typeof PORT_CHANNEL = 'holdpoint:port';
const portMessage: typeof PORT_MESSAGE = 'holdpoint:port';
const origin: typeof APP_ORIGIN = 'app://ui';

declare const window: {
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
};

async function request<T>(message: ShellRequest): Promise<T> {
  return (await ipcRenderer.invoke(ask, message)) as T;
}

ipcRenderer.on(portChannel, (event) => {
  window.postMessage({ type: portMessage }, origin, event.ports);
});

const bridge: DesktopBridge = {
  shell: 'desktop',
  connect: () => request({ kind: 'connect' }),
  chooseDirectory: () => request({ kind: 'choose-directory' }),
  chooseFile: () => request({ kind: 'choose-file' }),
  openExternal: (url) => request({ kind: 'open-external', url }),
};

contextBridge.exposeInMainWorld('holdpoint', Object.freeze(bridge));
