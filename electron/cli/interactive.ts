/** A person at a terminal: shows each step, asks, and connects the keyboard to the command while it runs. */
import { createInterface, type Interface } from 'node:readline/promises';
import type { CommandPreview } from '../contract/views.ts';
import type { Intent } from '../contract/intents.ts';
import { type ChangedHostKey, ok, type Result } from '../contract/result.ts';
import type {
  AttestStep,
  DecideStep,
  HoldStep,
  ObserveStep,
  RunStep,
  TransferStep,
} from '../contract/steps.ts';
import { attachable } from '../domain/run/attach.ts';
import { holdWord } from '../domain/run/people.ts';
import type { RunState, StepView } from '../domain/run/state.ts';
import type { RunId, TargetName } from '../contract/ids.ts';
import type { Client } from './client.ts';
import type { Move, Person } from './driver.ts';
import { describeFailure } from './exit.ts';
import { askSignedHold } from './interactiveHold.ts';
import { attachKeyboard } from './interactiveKeys.ts';
import {
  askCustodian,
  askMeasure,
  askSent,
  askTwin,
  askWait,
  type Shown,
  showMessage,
} from './interactivePeople.ts';
import { atKeyboard } from './keyboard.ts';
import type { Output } from './output.ts';
import { hostWarnings, placeOf, stepLine } from './words.ts';

/** Asks on stderr, reads from stdin: stdout stays free for results. */
export function interactivePerson(client: Client, output: Output): Person {
  let changed: ChangedHostKey | null = null;

  /** Id of the run when its holds are passed with signatures. */
  async function runOfSignedHolds({ runId }: RunState): Promise<RunId | null> {
    const opened = runId === null ? null : await client.call('run.open', { runId });
    return opened?.ok === true && opened.value.plan.policy.holds === 'signed' ? runId : null;
  }

  return {
    wait: (view, over) => askWait(view, over, output),
    move(view, state, preview, message = null) {
      return atKeyboard(async () => {
        show(view, state, preview, output);
        if (message !== null) showMessage(message, output);
        const lines = createInterface({ input: process.stdin, output: process.stderr });
        try {
          const { step, status } = view;
          const signedRun =
            step.kind === 'hold' && status.state === 'current' ? await runOfSignedHolds(state) : null;
          const asked =
            step.kind === 'hold' && signedRun !== null
              ? askSignedHold(client, signedRun, view, step, lines, output).then(intent)
              : ask(view, { client, state, preview, message, changed, output }, lines);
          return await Promise.race([asked, leftBy(lines)]);
        } finally {
          lines.close();
        }
      });
    },
    refused(failure) {
      output.note(output.paint('red', describeFailure(failure)));
      changed = failure.changedKey ?? null;
      if (changed !== null) showChanged(changed, output);
      return Promise.resolve(true);
    },
    watch: (snapshot, view) => attachKeyboard(client, snapshot, view),
    saw(view) {
      output.note(stepLine(view, output));
    },
  };
}

/** Ctrl+C or the end of input at a question leaves the run open; it never ends it. */
function leftBy(lines: Interface): Promise<Result<Move>> {
  return new Promise((resolve) => {
    const leave = (): void => {
      resolve(ok({ kind: 'leave' }));
    };
    lines.once('SIGINT', leave);
    lines.once('close', leave);
  });
}

function show(view: StepView, state: RunState, preview: CommandPreview | null, output: Output): void {
  const { step } = view;
  output.note('');
  output.note(
    `${output.paint('dim', placeOf(view, state))}  ${output.paint('bold', step.title)}  [${step.risk}]`,
  );
  if (step.caution !== undefined) output.note(output.paint('yellow', `Caution: ${step.caution.trim()}`));
  if (step.why !== undefined) output.note(step.why.trim());
  for (const warning of hostWarnings(view, state)) output.note(output.paint('yellow', warning));
  if (preview !== null) {
    output.note(output.paint('dim', `will be sent to ${preview.address}, ${String(preview.bytes)} bytes:`));
    output.note(preview.command.trimEnd().replace(/^/gm, '  '));
    for (const { label, expected } of preview.expect)
      output.note(output.paint('dim', `  expect ${label} ${expected}`));
  }
}

/** The key on record and the one that was shown, to be compared with what the host's owner says. */
function showChanged(changed: ChangedHostKey, output: Output): void {
  for (const { type, fingerprint, file, line } of changed.old) {
    output.note(`  on record: ${type} ${fingerprint}  (${file}:${String(line)})`);
  }
  output.note(`  shown now: ${changed.shown.type} ${changed.shown.fingerprint}`);
  output.note(changed.shown.randomart);
  output.note('  replace-key puts it in the place of the old one, when two people have compared it.');
}

async function ask(view: StepView, shown: Shown, lines: Interface): Promise<Result<Move>> {
  const { preview } = shown;
  if (view.status.state === 'failed' || view.status.state === 'unknown') return afterTrouble(view, lines);
  switch (view.step.kind) {
    case 'run':
    case 'observe':
    case 'transfer':
      return askCommand(view.step, shown, lines);
    case 'custodians':
      return askCustodian(view, view.step, preview, lines);
    case 'notify':
      return askSent(view.step, shown.message, lines);
    case 'measure':
      return askMeasure(view.step, lines);
    case 'wait':
      return ok({ kind: 'leave' });
    case 'attest':
      return intent(await askAttestation(view.step, lines));
    case 'decide':
      return intent(await askChoice(view.step, lines));
    case 'hold':
      return intent(await askHold(view.step, lines));
  }
}

async function askCommand(
  step: RunStep | ObserveStep | TransferStep,
  shown: Shown,
  lines: Interface,
): Promise<Result<Move>> {
  const { preview, changed } = shown;
  const twin = step.kind === 'run' && step.dryRun !== undefined;
  const words = ['run', ...(twin ? ['dry-run'] : []), 'skip', ...(changed === null ? [] : ['replace-key'])];
  const word = await lines.question(`${words.join(', ')}, abort, leave? `);
  switch (word.trim()) {
    case 'dry-run': {
      const tried = twin ? await askTwin(step.id, shown, lines) : null;
      return tried ?? askCommand(step, shown, lines);
    }
    case 'replace-key':
      if (changed === null) return askCommand(step, shown, lines);
      return askReplaceKey(step.on, preview, lines);
    case 'run': {
      const confirm =
        preview?.confirm === undefined ? '' : await lines.question(`Type “${preview.confirm}”: `);
      return intent({
        kind: 'run',
        step: step.id,
        seen: preview?.sha256 ?? '',
        ...(confirm === '' ? {} : { confirm }),
      });
    }
    case 'skip':
      return intent({ kind: 'skip', step: step.id, reason: await lines.question('Reason: ') });
    case 'abort':
      return intent({ kind: 'abort', reason: await lines.question('Reason: ') });
    case 'leave':
      return ok({ kind: 'leave' });
    default:
      return askCommand(step, shown, lines);
  }
}

/** The fingerprint is typed from where its owner published it, never taken from what the host showed. */
async function askReplaceKey(
  on: TargetName,
  preview: CommandPreview | null,
  lines: Interface,
): Promise<Result<Move>> {
  const members = preview?.members?.map((member) => member.target) ?? [];
  const named = members.length === 0 ? on : (await lines.question(`Which of ${members.join(', ')}? `)).trim();
  const target = members.find((member) => member === named) ?? on;
  const fingerprint = (await lines.question('Fingerprint that the owner of the host published: ')).trim();
  const reason = await lines.question('Why has it changed? ');
  const second = await lines.question('Name of the second person who compared it: ');
  return intent({ kind: 'replace-host-key', target, fingerprint, reason, second });
}

async function afterTrouble(view: StepView, lines: Interface): Promise<Result<Move>> {
  const step = view.step.id;
  const detached = attachable(view).length > 0;
  const word = await lines.question(
    `${detached ? 'attach, ' : ''}retry, probe, failed, override, skip, abort, leave? `,
  );
  switch (word.trim()) {
    case 'attach':
      return intent({ kind: 'attach', step });
    case 'probe':
      return intent({ kind: 'probe', step });
    case 'leave':
      return ok({ kind: 'leave' });
    case 'retry':
    case 'override':
    case 'skip':
      return intent({
        kind: word.trim() as 'retry' | 'override' | 'skip',
        step,
        reason: await lines.question('Reason: '),
      });
    case 'failed':
      return intent({ kind: 'declare-failed', step, reason: await lines.question('What did you see? ') });
    case 'abort':
      return intent({ kind: 'abort', reason: await lines.question('Reason: ') });
    default:
      return afterTrouble(view, lines);
  }
}

async function askAttestation(step: AttestStep, lines: Interface): Promise<Intent> {
  const by = step.by === 'operator' ? {} : { by: await lines.question(`Name of the ${step.by}: `) };
  const { input } = step;
  switch (input.kind) {
    case 'text':
      return {
        kind: 'attest',
        step: step.id,
        value: { kind: 'text', text: await lines.question(`${input.label}: `) },
        ...by,
      };
    case 'number': {
      const number = (
        await lines.question(`${input.label}${input.unit === undefined ? '' : ` (${input.unit})`}: `)
      ).trim();
      return { kind: 'attest', step: step.id, value: { kind: 'number', number }, ...by };
    }
    case 'choice': {
      const option = (await lines.question(`${input.label} (${input.options.join(' | ')}): `)).trim();
      return { kind: 'attest', step: step.id, value: { kind: 'choice', option }, ...by };
    }
    case 'checklist': {
      const ticked: number[] = [];
      for (const [index, item] of input.items.entries()) {
        if (/^y(es)?$/i.test((await lines.question(`${item}? y/n `)).trim())) ticked.push(index);
      }
      return { kind: 'attest', step: step.id, value: { kind: 'checklist', ticked }, ...by };
    }
  }
}

async function askChoice(step: DecideStep, lines: Interface): Promise<Intent> {
  const options = step.options.map((option) => `${option.id}: ${option.title}`).join('\n  ');
  const choice = (await lines.question(`${step.question}\n  ${options}\n> `)).trim();
  const chosen = step.options.find((option) => option.id === choice);
  const reason = chosen?.reason === true ? { reason: await lines.question('Reason: ') } : {};
  return { kind: 'decide', step: step.id, choice, ...reason };
}

async function askHold(step: HoldStep, lines: Interface): Promise<Intent> {
  const names: string[] = [];
  for (const role of step.signers) {
    if (role !== 'operator') names.push(await lines.question(`Name of the ${role}: `));
  }
  const word = await lines.question(`Type ${holdWord(step.hold)} to pass: `);
  return { kind: 'pass-hold', step: step.id, names, word };
}

function intent(value: Intent): Result<Move> {
  return ok({ kind: 'intent', intent: value });
}
