/** A package in lines of text: what it is, who signed it, what it would change. */
import type { InstalledPackage, PackageChange, PackageSigner, PackageView } from '../contract/packages.ts';

export function packageLines(view: PackageView): readonly string[] {
  const { name, version, title, created, sha256, signer, runbooks, overlays, replaces } = view;
  return [
    `${name} ${version}  ${title}`,
    `  made ${created}, digest list ${sha256}`,
    `  ${signedBy(signer)}`,
    ...(replaces === undefined
      ? []
      : [`  here now: ${replaces.version}${replaces.downgrade ? ', which is newer' : ''}`]),
    ...runbooks.map(
      ({ id, title: of, version: at, vendorOpen }) =>
        `  runbook ${id} ${at}  ${of}${vendorOpen === 0 ? '' : `  (${String(vendorOpen)} product commands open)`}`,
    ),
    ...overlays.map((site) => `  overlay ${site}: used for every real run once it is imported`),
    ...view.changes.filter(({ change }) => change !== 'same').map(changeLine),
  ];
}

export function changeLine({ kind, id, change, from, to, downgrade, hiddenBy }: PackageChange): string {
  const versions = [from, to].filter((one) => one !== undefined).join(' -> ');
  return [
    `  ${change} ${kind} ${id}`,
    ...(versions === '' ? [] : [versions]),
    ...(downgrade ? ['older than the one here'] : []),
    ...(hiddenBy === undefined ? [] : [`not used: ${hiddenBy} comes before it`]),
  ].join('  ');
}

export function installedLine(one: InstalledPackage): string {
  const before = one.previous === undefined ? '' : `  (before: ${one.previous.version})`;
  if (one.state === 'damaged') return `${one.name}  damaged: ${one.why}${before}`;
  const { name, version, runbooks, signer } = one;
  return `${name}  ${version}  ${String(runbooks.length)} runbooks  ${signedBy(signer)}${before}`;
}

export function signedBy(signer: PackageSigner): string {
  if (signer.state === 'none') return 'unsigned';
  if (signer.state === 'refused') return `signature does not count: ${signer.why}`;
  return `signed by ${signer.principal}, ${signer.keyType} ${signer.fingerprint}`;
}
