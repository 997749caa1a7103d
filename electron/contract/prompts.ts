/** Questions that a connection asks a person before it can go on. Never answered by the app itself. */
import { z } from 'zod';
import type { RunId, TargetName } from './ids.ts';

export interface PromptContext {
  readonly runId?: RunId;
  readonly target: TargetName;
  /** user@host:port of the hop that asks. */
  readonly address: string;
}

export type PromptQuestion =
  | {
      readonly kind: 'trust-host';
      readonly keyType: string;
      /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
      readonly fingerprint: string;
      /** The picture `ssh-keygen -lv` draws of it: 11 lines of 19 characters. */
      readonly randomart?: string;
      readonly file: string;
    }
  | { readonly kind: 'passphrase'; readonly file: string; readonly again: boolean }
  | { readonly kind: 'password'; readonly again: boolean }
  /** A hardware key waits for its owner's finger. Taken back by the app when the key has answered. */
  | { readonly kind: 'touch-key'; readonly key: string }
  /** The PIN of a hardware key. */
  | { readonly kind: 'pin'; readonly key: string; readonly again: boolean }
  /** Evaluating the OpenSSH configuration would run these commands of `Match exec` on this computer. */
  | {
      readonly kind: 'match-exec';
      readonly commands: readonly {
        readonly file: string;
        readonly line: number;
        readonly command: string;
      }[];
    }
  | {
      readonly kind: 'keyboard-interactive';
      /** Text from the server: cleaned of control characters and bounded, shown in a box of its own. */
      readonly title: string;
      readonly instruction: string;
      readonly fields: readonly { readonly label: string; readonly echo: boolean }[];
    };

export type Prompt = PromptQuestion & { readonly id: string; readonly context: PromptContext };

export const PromptAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cancel') }),
  /**
   * The person compared the fingerprint and accepts it: for this connection, or written to known_hosts too. For
   * `match-exec`: the commands may run (`remember`: until the app ends).
   */
  z.strictObject({ kind: z.literal('trust'), remember: z.boolean() }),
  z.strictObject({ kind: z.literal('text'), values: z.array(z.string().max(4096)).max(20) }),
]);
export type PromptAnswer = z.infer<typeof PromptAnswer>;
