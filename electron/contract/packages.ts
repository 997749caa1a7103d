/** Packages of runbooks: what is asked of them, and what people are shown. */
import { z } from 'zod';
import { RunbookId, type Sha256 } from './ids.ts';
import type { Diagnostic } from './runbook.ts';

/** Name of a package: lower-case words joined by hyphens. */
export const PackageName = z
  .string()
  .max(48)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .brand<'PackageName'>();
export type PackageName = z.infer<typeof PackageName>;

/** Version of a package, such as 1.2.0; the same form as that of a runbook. */
export const PackageVersion = z
  .string()
  .max(32)
  .regex(/^\d+(\.\d+){0,2}([-+][0-9A-Za-z.-]+)?$/);

/** What is put into a new package. */
export const PackageRequest = z.strictObject({
  name: PackageName,
  version: PackageVersion,
  title: z.string().trim().min(1).max(200),
  /** What they call and roll back with goes in as well. All runbooks of the library when none is named. */
  runbooks: z.array(RunbookId).max(500),
  /** The overlays of the site go in too, and are used wherever the package is imported. */
  overlays: z.boolean(),
});
export type PackageRequest = z.infer<typeof PackageRequest>;

/** Where a package file is: sent in pieces by the page (`bundle.begin`), or on this computer. */
export const PackageSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('upload'), id: z.string().max(64) }),
  z.strictObject({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
]);
export type PackageSource = z.infer<typeof PackageSource>;

/** Whose signature is on a package, and whether it counts here and now. */
export type PackageSigner =
  | { readonly state: 'none' }
  | {
      readonly state: 'good';
      readonly principal: string;
      readonly fingerprint: string;
      readonly keyType: string;
    }
  | {
      readonly state: 'refused';
      readonly why: string;
      readonly fingerprint: string;
      readonly keyType: string;
    };

/** What a package says of itself. */
export interface PackageHead {
  readonly name: PackageName;
  readonly version: string;
  readonly title: string;
  readonly created: string;
  /** Of its digest list: what is signed. */
  readonly sha256: Sha256;
}

export interface PackagedRunbook {
  readonly id: RunbookId;
  readonly title: string;
  readonly version: string;
  /** As the package puts it together, with what it calls and the overlays in the package. */
  readonly sha256: Sha256;
  /** Steps whose product command is still open. */
  readonly vendorOpen: number;
}

/** What becomes of a file of the library when the package is imported. */
export interface PackageChange {
  readonly kind: 'runbook' | 'overlay' | 'reference';
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed' | 'same';
  /** Versions here and in the package, where the files say them. */
  readonly from?: string;
  readonly to?: string;
  /** The package has an older version than this desk. */
  readonly downgrade: boolean;
  /** A file of this desk of the same name, which stays in front of the package's. */
  readonly hiddenBy?: string;
}

/** A package that was opened and is not imported yet. */
export interface PackageView extends PackageHead {
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
  readonly signer: PackageSigner;
  readonly runbooks: readonly PackagedRunbook[];
  readonly overlays: readonly string[];
  readonly reference: readonly string[];
  readonly tests: readonly string[];
  readonly changes: readonly PackageChange[];
  /** The version that is imported now, and whether this one is older. */
  readonly replaces?: { readonly version: string; readonly sha256: Sha256; readonly downgrade: boolean };
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** Why it cannot be imported; absent when it can. */
  readonly barred?: string;
}

/** A package of this desk. */
export type InstalledPackage =
  | (PackageHead & {
      readonly state: 'intact';
      readonly signer: PackageSigner;
      readonly importedAt: string;
      readonly runbooks: readonly RunbookId[];
      readonly overlays: readonly string[];
      /** The version before, which can be gone back to. */
      readonly previous?: { readonly version: string };
    })
  | {
      readonly state: 'damaged';
      readonly name: PackageName;
      readonly why: string;
      readonly previous?: { readonly version: string };
    };

/** A package as a file to be carried away. */
export interface PackageFile extends PackageHead {
  readonly file: string;
  readonly base64: string;
  readonly signer: PackageSigner;
}

/** What somebody signs who signs elsewhere. */
export interface PackageDigests {
  /** File name for it. */
  readonly file: string;
  readonly text: string;
  readonly sha256: Sha256;
  readonly namespace: string;
  /** Command line that signs the file with stock OpenSSH; `KEY` stands for the person's key file. */
  readonly command: string;
}

/**
 * Whether a runbook, as it would be run, is from a signed package. `changed`: a package has it, and what would be run is
 * something else. `refused`: it is as in the package, and the signature does not count.
 */
export type RunbookRelease =
  | {
      readonly state: 'released';
      readonly package: PackageName;
      readonly version: string;
      readonly principal: string;
      readonly fingerprint: string;
      readonly sha256: Sha256;
    }
  | {
      readonly state: 'changed' | 'refused';
      readonly package: PackageName;
      readonly version: string;
      readonly why: string;
    };
