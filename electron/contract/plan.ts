/** What is decided before a run starts and does not change afterwards. Becomes plan.json, byte for byte signed. */
import { z } from 'zod';
import { Instant, RunbookId, RunId, Sha256, TargetName, VarName } from './ids.ts';

/** Free text a person wrote, on its way into the record: no control characters but newline and tab (escaped later). */
export const Prose = z.string().max(4000);

const place = {
  /** Host name, IP address or alias of the OpenSSH configuration. */
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9._:%][A-Za-z0-9._:%-]*$/),
  port: z.int().min(1).max(65535),
  user: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9._@\\$][A-Za-z0-9._@\\$-]*$/),
};
export const Place = z.strictObject(place);
export type Place = z.infer<typeof Place>;

/** Where a target is. `rehearsal` targets live inside the app and carry no address of their own. */
export const Address = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ssh'),
    ...place,
    /** Jump hosts in order, nearest first; when absent, those of the OpenSSH configuration. */
    via: z.array(Place).max(8).exactOptional(),
    /** Fingerprints of host keys (`SHA256:` and unpadded base64) the inventory vouches for. They win over known_hosts. */
    pins: z
      .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/))
      .max(8)
      .exactOptional(),
    /** Why old algorithms may be used with this host. */
    legacy: Prose.min(3).exactOptional(),
    /** The inventory allows the app to write the head of the journal into this host's log. */
    anchor: z.boolean().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('rehearsal') }),
  /** A shell on this computer. Refused outside rehearsals unless the runbook asks for it. */
  z.strictObject({ kind: z.literal('local') }),
]);
export type Address = z.infer<typeof Address>;

export const Change = z.strictObject({
  ticket: z.string().max(200),
  reason: Prose,
  /** What it means for security, in the words of whoever asked for the change. */
  securityImpact: Prose.exactOptional(),
  /** How to get back when it goes wrong. */
  fallback: Prose.exactOptional(),
});
export type Change = z.infer<typeof Change>;

export const Operator = z.strictObject({
  name: z.string().min(1).max(100),
  /** Exact principal in allowed_signers, such as `alice@example.com`. */
  principal: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[A-Za-z0-9._+-]+@[A-Za-z0-9._-]+$/),
});
export type Operator = z.infer<typeof Operator>;

/** What must be there for a run to start and for its bundle to be complete. Absent fields ask for nothing. */
export const Policy = z.strictObject({
  signatures: z.array(z.enum(['seal', 'operator'])),
  /** How many people approve the plan before the run starts. */
  approvals: z.int().min(0).max(10).exactOptional(),
  /** `signed`: people pass a hold with their keys; `named`: the operator names them. */
  holds: z.enum(['named', 'signed']).exactOptional(),
  /** How many people review the evidence and accept it. */
  reviews: z.int().min(0).max(10).exactOptional(),
  /** A timestamp token (RFC 3161) over operator.sig. */
  timestamp: z.literal('required').exactOptional(),
  /** The head of the journal goes into the log of hosts that allow it, at the end of each phase. */
  anchors: z.literal('logger').exactOptional(),
  /** Only runbooks from a signed package are run. */
  runbooks: z.literal('signed').exactOptional(),
});
export type Policy = z.infer<typeof Policy>;

export const Plan = z.strictObject({
  format: z.literal(1),
  runId: RunId,
  createdAt: Instant,
  rehearsal: z.boolean(),
  runbook: z.strictObject({ id: RunbookId, version: z.string().max(32), sha256: Sha256 }),
  parameters: z.record(VarName, z.string().max(4096)),
  variants: z.record(VarName, z.string().max(64)),
  /** Addresses by target; the members of a group stand here under their own names. */
  targets: z.record(TargetName, Address),
  /** Members of each target that is a group, in the order they are worked on. */
  groups: z.record(TargetName, z.array(TargetName).min(1).max(500)).exactOptional(),
  change: Change,
  operator: Operator,
  /** The run this one follows, when it is its rollback. */
  origin: z.strictObject({ runId: RunId, head: Sha256 }).optional(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** What must be in the bundle for it to be complete; stripping one of these is detected. */
  policy: Policy,
  /** When the change may take place. */
  window: z.strictObject({ from: Instant, to: Instant }).exactOptional(),
  /** Parameters of type secret that were given. Their values are never written down. */
  secrets: z.array(VarName).max(50).exactOptional(),
  /**
   * Files the runbook was put together from, in the order they are read: its own, called runbooks, then overlays. Absent
   * where the runbook is one file as it stands.
   */
  sources: z
    .array(
      z.strictObject({
        kind: z.enum(['main', 'called', 'overlay']),
        id: z.string().min(1).max(64),
        version: z.string().max(32),
        sha256: Sha256,
      }),
    )
    .max(50)
    .exactOptional(),
  /** Who signed the package that the runbook came in, where it came in one. */
  release: z
    .strictObject({ principal: z.string().max(200), fingerprint: z.string().max(100), sha256: Sha256 })
    .exactOptional(),
});
export type Plan = z.infer<typeof Plan>;
