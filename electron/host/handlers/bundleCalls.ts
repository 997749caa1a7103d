/** Bundles that are open for reading, and reports. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import { assertNever, ok } from '../../contract/result.ts';
import type { BundleDesk } from '../bundles/bundleDesk.ts';
import type { ReportDesk } from '../reports/reportDesk.ts';

export function bundleCalls(
  bundles: BundleDesk,
  reports: ReportDesk,
): Pick<
  Handlers,
  'evidence.report' | 'bundle.begin' | 'bundle.chunk' | 'bundle.open' | 'bundle.read' | 'bundle.close'
> {
  return {
    'evidence.report': async ({ of, format }) => {
      const made = await reports.make(of, format);
      if (!made.ok) return made;
      const { name, mime, bytes } = made.value;
      return ok({ name, mime, base64: Buffer.from(bytes).toString('base64') });
    },
    'bundle.begin': ({ name, bytes }) => bundles.begin(name, bytes),
    'bundle.chunk': ({ id, base64 }) => bundles.chunk(id, base64),
    'bundle.open': (what) => {
      switch (what.kind) {
        case 'upload':
          return bundles.openUpload(what.id);
        case 'path':
          return bundles.openPath(what.path);
        case 'run':
          return bundles.openRun(what.runId);
        default:
          return assertNever(what);
      }
    },
    'bundle.read': ({ id, path, offset, length }) => bundles.read(id, path, offset, length),
    'bundle.close': ({ id }) => bundles.close(id),
  };
}
