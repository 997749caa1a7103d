/** What a shell must supply to the host. Each shell has its own; the host never asks which one it is. */
import type { Settings } from '../contract/settings.ts';
import type { Result } from '../contract/result.ts';

/** Settings on disk (electron-store in the desktop shell, conf elsewhere: the same file). */
export interface SettingsStore {
  read(): Settings;
  update(change: Partial<Settings>): Result<Settings>;
}

/** Keeps a small secret, such as the device key, as well as the platform can. */
export interface SecretBox {
  /** How well: `os-keyring` by the operating system, `file` by file permissions alone. */
  readonly protection: 'os-keyring' | 'file';
  /** Bytes to store from the secret's bytes, and back. */
  seal(secret: Uint8Array): Promise<Uint8Array>;
  open(sealed: Uint8Array): Promise<Result<Uint8Array>>;
}

/** Where things are kept. All absolute. */
export interface Paths {
  /** Settings and keys. */
  readonly config: string;
  /** Runs, the ledger. */
  readonly data: string;
  /** Runbooks, in order of precedence. */
  readonly runbooks: readonly string[];
  /** OpenSSH's own folder of the user (known_hosts, keys). */
  readonly ssh: string;
}

export interface Clock {
  now(): Date;
  /** Microseconds of a clock that never goes back. */
  mono(): number;
}
