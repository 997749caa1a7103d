/** The settings of a desk. */
import { z } from 'zod';
import { KeySource } from './people.ts';
import { Policy } from './plan.ts';

export const Settings = z.strictObject({
  operatorName: z.string().max(100),
  operatorPrincipal: z.string().max(200),
  /** Where operator.sig comes from: a key file made by the app, a key file, or the agent (by fingerprint). */
  operatorKey: KeySource,
  theme: z.enum(['system', 'dark', 'light']),
  timeZone: z.string().max(64),
  terminalFontSize: z.int().min(10).max(28),
  agentSocket: z.string().max(1024),
  /** `auto`: the system's ssh where there is a suitable one, else the built-in client. */
  sshEngine: z.enum(['auto', 'openssh', 'ssh2']),
  /** Whether ~/.ssh/config is read. */
  sshConfig: z.enum(['use', 'ignore']),
  /** Whether `Match exec` commands of the configuration may run. */
  matchExec: z.enum(['ask', 'allow', 'never']),
  /** Whether the app may keep small files on hosts while a run is open (state from step to step, detached jobs). */
  filesOnHosts: z.enum(['allowed', 'forbidden']),
  /** Seconds between signs of life where the configuration says nothing; 0 switches them off. */
  keepAliveSeconds: z.int().min(0).max(600),
  /** How many of them may stay without an answer. */
  keepAliveCount: z.int().min(1).max(20),
  /** What this site demands of real runs; `signatures` is always both. Rehearsals follow it only when told to. */
  policy: Policy.omit({ signatures: true }),
  policyInRehearsals: z.boolean(),
  /** Address of the site's timestamp authority (RFC 3161 over HTTP); empty where there is none. */
  tsaUrl: z.string().max(1024),
  /** How long an approval or the signatures of a hold are good for. */
  requestHours: z
    .int()
    .min(1)
    .max(24 * 31),
});
export type Settings = z.infer<typeof Settings>;
