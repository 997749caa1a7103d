/**
 * Prints report pages in a hidden window: no script, no preload, a session of its own that answers nothing but the page.
 * A report quotes what hosts have said, so its page is treated as hostile.
 */
import { BrowserWindow, session, type Session, type WebPreferences } from 'electron';
import { ok, type Result } from '../contract/result.ts';
import { cannotPrint, isPdf, type PdfPrinter } from '../host/reports/pdfPrinter.ts';
import { logProblem } from './log.ts';
import { APP_ORIGIN, APP_SCHEME } from './policy.ts';

const PARTITION = 'holdpoint-print';
const DEADLINE_MS = 60_000;
const PAGE_URL = `${APP_ORIGIN}/report.html`;
/** The page forbids the same itself; a header cannot be left out by a page. */
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'X-Content-Type-Options': 'nosniff',
};

/** A printer on this Electron. One page at a time. */
export function createPdfPrinter(deadlineMs = DEADLINE_MS): PdfPrinter {
  let sealed: Session | null = null;
  let page: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const room = () =>
    (sealed ??= sealPrintSession(session.fromPartition(PARTITION, { cache: false }), () => page));

  async function printNow(html: string): Promise<Result<Uint8Array>> {
    const window = new BrowserWindow({ show: false, webPreferences: printPreferences(room()) });
    page = html;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => {
          resolve(null);
        }, deadlineMs);
      });
      const bytes = await Promise.race([loadAndPrint(window), late]);
      if (bytes === null) return cannotPrint('it took too long');
      return isPdf(bytes) ? ok(bytes) : cannotPrint('what was printed is no whole PDF');
    } catch (problem) {
      logProblem('a report could not be printed', problem);
      return cannotPrint('the page could not be printed');
    } finally {
      clearTimeout(timer);
      page = null;
      if (!window.isDestroyed()) window.destroy();
    }
  }

  return {
    print(html) {
      const printed = last.then(() => printNow(html));
      // One that failed must not stop those behind it.
      last = printed.catch(() => undefined);
      return printed;
    },
  };
}

async function loadAndPrint(window: BrowserWindow): Promise<Uint8Array> {
  await window.loadURL(PAGE_URL);
  const bytes = await window.webContents.printToPDF({
    printBackground: true,
    preferCSSPageSize: true,
    displayHeaderFooter: false,
    generateTaggedPDF: true,
  });
  return new Uint8Array(bytes);
}

/** Nothing of the main window's preferences but its locks; and no script at all. */
export function printPreferences(room: Session): WebPreferences {
  return {
    session: room,
    javascript: false,
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
    spellcheck: false,
    devTools: false,
    // A hidden window must lay its page out all the same.
    backgroundThrottling: false,
  };
}

/** A session in which there is one page and nothing else: every other address, permission and download is refused. */
function sealPrintSession(room: Session, page: () => string | null): Session {
  room.protocol.handle(APP_SCHEME, (request) => {
    const html = request.url === PAGE_URL ? page() : null;
    return html === null
      ? new Response('Not found\n', { status: 404 })
      : new Response(html, { headers: PAGE_HEADERS });
  });
  room.webRequest.onBeforeRequest((details, callback) => {
    callback({ cancel: details.url !== PAGE_URL && !details.url.startsWith('data:') });
  });
  room.setPermissionRequestHandler((_contents, _permission, callback) => {
    callback(false);
  });
  room.setPermissionCheckHandler(() => false);
  room.setDevicePermissionHandler(() => false);
  room.setDisplayMediaRequestHandler((_request, callback) => {
    callback({});
  });
  room.setSpellCheckerEnabled(false);
  room.on('will-download', (event) => {
    event.preventDefault();
  });
  return room;
}
