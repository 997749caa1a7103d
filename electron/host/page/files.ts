/**
 * Reads the built interface from its folder for both shells. It must never return a byte from outside that folder,
 * whatever the request path says and wherever a symbolic link points.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Types of the files a build contains. Anything else is not served. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The path segments a request path names, or null when it names nothing that could be served: not absolute, broken
 * percent-encoding (RFC 3986), NUL, a backslash, or a segment that begins with a dot.
 */
export function requestSegments(requestPath: string): readonly string[] | null {
  if (!requestPath.startsWith('/')) return null;
  let decoded: string;
  try {
    decoded = decodeURIComponent(requestPath.slice(1));
  } catch {
    return null;
  }
  if (decoded === '') return ['index.html'];
  if (/[\0\\:]/.test(decoded)) return null;
  const segments = decoded.split('/');
  return segments.some((segment) => segment === '' || segment.startsWith('.')) ? null : segments;
}

/** The file a request path names, or null. Only regular files of a known type whose real place is inside `root`. */
export async function readPageFile(root: string, requestPath: string): Promise<PageFile | null> {
  const segments = requestSegments(requestPath);
  if (segments === null) return null;
  const type = MIME_TYPES[path.extname(segments.at(-1) ?? '').toLowerCase()];
  if (type === undefined) return null;
  try {
    const realRoot = await realpath(root);
    const file = await realpath(path.join(realRoot, ...segments));
    if (!file.startsWith(realRoot + path.sep)) return null;
    if (!(await stat(file)).isFile()) return null;
    return { type, bytes: new Uint8Array(await readFile(file)) };
  } catch {
    // Absent, unreadable or not a file: to a page these are all the same.
    return null;
  }
}
