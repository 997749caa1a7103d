/** The one channel from page to shell: sender first, then schema, then the service. Nothing of a run passes here. */
import {
  ipcMain,
  type BrowserWindow,
  type Dialog,
  type MessagePortMain,
  type OpenDialogOptions,
  type Shell,
} from 'electron';
import { z } from 'zod';
import { type Result, fail, ok } from '../contract/result.ts';
import { logProblem } from './log.ts';
import { externalUrl, isTrustedFrame } from './policy.ts';

export const ASK_CHANNEL = 'holdpoint:ask';
export const PORT_CHANNEL = 'holdpoint:port';

export const ShellRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('connect') }),
  z.strictObject({ kind: z.literal('choose-directory') }),
  z.strictObject({ kind: z.literal('choose-file') }),
  z.strictObject({ kind: z.literal('open-external'), url: z.string().min(1).max(2048) }),
]);
export type ShellRequest = z.infer<typeof ShellRequest>;

export interface ShellServices {
  readonly dialog: Dialog;
  readonly shell: Shell;
  /** The window now, or null when it is closed. */
  readonly window: () => BrowserWindow | null;
  /** Sends the window's page a port to the host; false when there is no host any more. */
  readonly connectPage: (window: BrowserWindow) => boolean;
}

/** Answers the page's requests to the shell. Each answer is a Result; none rejects. */
export function serveShellRequests(services: ShellServices): void {
  ipcMain.handle(ASK_CHANNEL, async (event, message: unknown): Promise<Result<string | null>> => {
    if (!isTrustedFrame(event.senderFrame))
      return fail('forbidden', 'Only the Holdpoint window may ask for this.');
    const request = ShellRequest.safeParse(message);
    if (!request.success) return fail('bad-request', 'The shell has no such service.');
    const window = services.window();
    if (window === null) return fail('cancelled', 'The window is closed.');
    try {
      return await answer(services, window, request.data);
    } catch (problem) {
      logProblem(`shell request ${request.data.kind} failed`, problem);
      return fail('internal', 'The desktop did not do what it was asked.', { hint: 'Try again.' });
    }
  });
}

/** Hands a port to the window's page, through its preload. */
export function sendPort(window: BrowserWindow, port: MessagePortMain): void {
  window.webContents.postMessage(PORT_CHANNEL, null, [port]);
}

async function answer(
  services: ShellServices,
  window: BrowserWindow,
  request: ShellRequest,
): Promise<Result<string | null>> {
  switch (request.kind) {
    case 'connect':
      return services.connectPage(window) ? ok(null) : fail('cancelled', 'Holdpoint is closing.');
    case 'choose-directory':
      return choose(services.dialog, window, ['openDirectory', 'createDirectory']);
    case 'choose-file':
      return choose(services.dialog, window, ['openFile', 'showHiddenFiles']);
    case 'open-external':
      return openExternal(services, window, request.url);
  }
}

async function choose(
  dialog: Dialog,
  window: BrowserWindow,
  properties: NonNullable<OpenDialogOptions['properties']>,
): Promise<Result<string | null>> {
  const chosen = await dialog.showOpenDialog(window, { properties });
  return ok(chosen.canceled ? null : (chosen.filePaths[0] ?? null));
}

async function openExternal(
  services: ShellServices,
  window: BrowserWindow,
  url: string,
): Promise<Result<null>> {
  const address = externalUrl(url);
  if (address === null)
    return fail('refused', 'Only https: and mailto: addresses are opened outside Holdpoint.');
  const { response } = await services.dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this address outside Holdpoint?',
    detail: address,
    buttons: ['Cancel', 'Open'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (response !== 1) return fail('cancelled', 'The address was not opened.');
  await services.shell.openExternal(address);
  return ok(null);
}
