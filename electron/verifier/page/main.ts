/** The page: takes the chosen files, verifies them here and shows what was found. It asks nothing of any network. */
import type { Trust } from '../../domain/verify/verify.ts';
import { verify } from '../../domain/verify/verify.ts';
import { parseMinimum } from '../../domain/verify/trust.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { browserPlatform, fileSource } from './browserPlatform.ts';
import { showFailure, showProgress, showVerification } from './view.ts';

function input(id: string): HTMLInputElement {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLInputElement)) throw new Error(`the page has no ${id}`);
  return found;
}

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

const MAX_TRUST_BYTES = 64 * 1024 * 1024;

async function textOf(id: string): Promise<string | undefined> {
  const file = input(id).files?.[0];
  if (file === undefined) return undefined;
  if (file.size > MAX_TRUST_BYTES) throw new Error(`${file.name} is larger than 64 MiB`);
  return file.text();
}

async function readTrust(): Promise<Result<Trust>> {
  const [allowedSigners, revoked, tsaCa, anchors, ledger] = await Promise.all(
    ['allowed', 'revoked', 'tsa', 'anchors', 'ledger'].map(textOf),
  );
  if (allowedSigners === undefined) return fail('bad-request', 'Choose an allowed_signers file.');
  const minimum = parseMinimum(input('minimum').value);
  if (!minimum.ok) return minimum;
  const wanted = input('at').value.trim();
  const at = wanted === '' ? undefined : new Date(wanted);
  if (at !== undefined && Number.isNaN(at.getTime())) return fail('bad-request', `${wanted} is not a time.`);
  const signature = input('ledger-sig').files?.[0];
  const signatures = signature === undefined ? [] : [new Uint8Array(await signature.arrayBuffer())];
  return ok({
    allowedSigners,
    minimum: minimum.value,
    ...(revoked === undefined ? {} : { revoked }),
    ...(tsaCa === undefined ? {} : { tsaCa }),
    ...(anchors === undefined ? {} : { anchors }),
    ...(ledger === undefined ? {} : { ledger: { text: ledger, signatures } }),
    ...(at === undefined ? {} : { at }),
  });
}

async function run(outcome: HTMLElement): Promise<void> {
  const bundle = input('bundle').files?.[0];
  if (bundle === undefined) return;
  const trust = await readTrust();
  if (!trust.ok) {
    showFailure(outcome, trust.error.message, trust.error.hint);
    return;
  }
  let shown = -1;
  const source = fileSource(bundle, (offset) => {
    const percent = Math.floor((100 * offset) / Math.max(1, bundle.size));
    if (percent <= shown) return;
    shown = percent;
    showProgress(outcome, `Verifying: ${String(percent)} %`);
  });
  const verified = await verify(browserPlatform, source, trust.value);
  if (verified.ok) showVerification(outcome, bundle.name, verified.value);
  else showFailure(outcome, verified.error.message, verified.error.hint);
}

function begin(): void {
  const outcome = part('outcome');
  const button = document.querySelector('button');
  part('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (button !== null) button.disabled = true;
    showProgress(outcome, 'Verifying');
    run(outcome)
      .catch((error: unknown) => {
        showFailure(outcome, error instanceof Error ? error.message : 'It could not be verified.');
      })
      .finally(() => {
        if (button !== null) button.disabled = false;
      });
  });
}

begin();
