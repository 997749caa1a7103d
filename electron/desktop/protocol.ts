/** Serves the built interface at app://ui/ and closes every other way out of the session. */
import type { CustomScheme, Session } from 'electron';
import { readPageFile } from '../host/page/files.ts';
import { SECURITY_HEADERS } from '../host/page/headers.ts';
import {
  APP_SCHEME,
  type AppRequest,
  appRequestPath,
  isPermissionAllowed,
  isRequestAllowed,
} from './policy.ts';

/** To be registered before the app is ready. */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true },
};

/** Schemes that Chromium would load by itself. */
const REFUSED_SCHEMES = ['http', 'https', 'file'] as const;

/** Answers a request for the interface. Everything refused or absent looks the same: 404. */
export async function answerAppRequest(rendererDir: string, request: AppRequest): Promise<Response> {
  const path = appRequestPath(request);
  const file = path === null ? null : await readPageFile(rendererDir, path);
  if (file === null) return new Response('Not found\n', { status: 404, headers: SECURITY_HEADERS });
  return new Response(file.bytes, { headers: { ...SECURITY_HEADERS, 'Content-Type': file.type } });
}

/** Makes the session a sealed room: our files in, nothing out, no permission but one. */
export function sealSession(session: Session, rendererDir: string, packaged: boolean): void {
  session.protocol.handle(APP_SCHEME, (request) => answerAppRequest(rendererDir, request));
  for (const scheme of REFUSED_SCHEMES) {
    session.protocol.handle(
      scheme,
      () => new Response('Refused\n', { status: 403, headers: SECURITY_HEADERS }),
    );
  }
  session.webRequest.onBeforeRequest((details, callback) => {
    callback({ cancel: !isRequestAllowed(details.url, packaged) });
  });
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    callback(isPermissionAllowed(permission));
  });
  session.setPermissionCheckHandler((_contents, permission) => isPermissionAllowed(permission));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => {
    callback(null);
  });
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, item) => {
    // The bundle's download is made by the page itself from bytes it already has; nothing else is ever saved.
    if (!item.getURL().startsWith('blob:app://ui/')) event.preventDefault();
  });
}
