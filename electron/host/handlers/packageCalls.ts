/** Packages of runbooks. No rules of its own. */
import type { Handlers } from '../../contract/calls.ts';
import type { PackageDesk } from '../packages/packageDesk.ts';

type PackageCalls = Pick<
  Handlers,
  | 'package.list'
  | 'package.make'
  | 'package.open'
  | 'package.digests'
  | 'package.sign'
  | 'package.take-signature'
  | 'package.file'
  | 'package.import'
  | 'package.close'
  | 'package.revert'
  | 'package.remove'
>;

export function packageCalls(packages: PackageDesk): PackageCalls {
  return {
    'package.list': () => packages.list(),
    'package.make': (request) => packages.make(request),
    'package.open': ({ from }) => packages.open(from),
    'package.digests': ({ id }) => Promise.resolve(packages.digests(id)),
    'package.sign': ({ id, sha256, key, passphrase }) => packages.sign(id, sha256, key, passphrase),
    'package.take-signature': ({ id, sha256, armor }) => packages.take(id, sha256, armor),
    'package.file': ({ id }) => packages.file(id),
    'package.import': ({ id, sha256 }) => packages.import(id, sha256),
    'package.close': ({ id }) => Promise.resolve(packages.close(id)),
    'package.revert': ({ name }) => packages.revert(name),
    'package.remove': ({ name }) => packages.remove(name),
  };
}
