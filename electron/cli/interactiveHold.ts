/** A hold that is passed with signatures, for a person at a terminal: ask for them, hand them out, bring them in, pass. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Interface } from 'node:readline/promises';
import type { Intent } from '../contract/intents.ts';
import type { RunId } from '../contract/ids.ts';
import { SignatureWanted } from '../contract/people.ts';
import { fail, type Result } from '../contract/result.ts';
import type { HoldStep } from '../contract/steps.ts';
import { neededBy } from '../domain/run/holdSignatures.ts';
import { holdWord } from '../domain/run/people.ts';
import type { StepView } from '../domain/run/state.ts';
import type { Client } from './client.ts';
import { describeFailure } from './exit.ts';
import type { Output } from './output.ts';
import { signHold } from './requestCommands.ts';

type HoldWanted = Extract<SignatureWanted, { kind: 'hold' }>;

/** Says where the hold stands, and asks until something is to be asked of the run. */
export async function askSignedHold(
  client: Client,
  runId: RunId,
  view: StepView,
  step: HoldStep,
  lines: Interface,
  output: Output,
): Promise<Intent> {
  showRequest(view, step, output);
  for (;;) {
    const typed = await lines.question('request, out ROLE FILE, in ROLE FILE, sign ROLE KEY, pass? ');
    const [verb = '', role = '', ...rest] = typed.trim().split(/\s+/);
    if (verb === 'request') return { kind: 'request-hold', step: step.id };
    if (verb === 'pass') {
      const word = await lines.question(`Type ${holdWord(step.hold)} to pass: `);
      return { kind: 'pass-hold', step: step.id, names: [], word };
    }
    const wanted = SignatureWanted.safeParse({ kind: 'hold', runId, step: step.id, role });
    const argument = rest.join(' ');
    if (!wanted.success || wanted.data.kind !== 'hold' || argument === '') continue;
    const done = await carryOut(client, verb, wanted.data, argument);
    if (done === null) continue;
    output.note(done.ok ? done.value : output.paint('red', describeFailure(done.error)));
  }
}

function showRequest({ request }: StepView, step: HoldStep, output: Output): void {
  output.note(`Signatures: ${String(neededBy(step))} of ${step.signers.join(', ')}.`);
  if (request === undefined) {
    output.note('None were asked for yet.');
    return;
  }
  for (const { step: guarded, target, commandSha256 } of request.guards)
    output.note(`  binds ${guarded} on ${target}: ${commandSha256}`);
  for (const open of request.unguarded) output.note(`  does not bind ${open}: its command is not known yet`);
  for (const { role, principal, fingerprint } of request.signatures)
    output.note(`  signed by ${principal} as ${role}  ${fingerprint}`);
  output.note(`  until ${request.expiresAt}`);
}

async function carryOut(
  client: Client,
  verb: string,
  wanted: HoldWanted,
  argument: string,
): Promise<Result<string> | null> {
  switch (verb) {
    case 'out': {
      const request = await client.call('request.get', { wanted });
      if (!request.ok) return request;
      await writeFile(resolve(argument), request.value.text);
      return { ok: true, value: request.value.command.replace(request.value.name, argument) };
    }
    case 'in': {
      const armor = await readFile(resolve(argument), 'latin1').catch(() => null);
      if (armor === null) return fail('not-found', `${argument} cannot be read.`);
      const request = await client.call('request.get', { wanted });
      if (!request.ok) return request;
      return said(await client.call('request.import', { wanted, sha256: request.value.sha256, armor }));
    }
    case 'sign':
      return said(await signHold(client, wanted, argument));
    default:
      return null;
  }
}

function said(given: Awaited<ReturnType<typeof signHold>>): Result<string> {
  if (!given.ok) return given;
  return { ok: true, value: `signed by ${given.value.principal} as ${given.value.role}` };
}
