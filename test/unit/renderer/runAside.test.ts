/** What the list of steps says beside a hold that was passed. */
import { expect, it } from 'vitest';
import type { Signer } from '../../../electron/contract/records.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { asideOf } from '../../../renderer/features/run/model.ts';

function passed(signers: readonly Signer[]): StepView {
  const status = { state: 'held', signers, at: '2026-11-22T02:10:00.000Z' };
  return { step: { kind: 'hold' }, status, attempts: [] } as unknown as StepView;
}

it('calls nobody a signer who was only named', () => {
  const named: Signer = { role: 'owner', name: 'Carla Stone', basis: 'named' };
  const signed: Signer = { role: 'verifier', name: 'Bob Novak', basis: 'signed' };
  expect(asideOf(passed([named]), 0)).toBe('1 named 02:10');
  expect(asideOf(passed([signed, { ...signed, role: 'owner' }]), 0)).toBe('2 signed 02:10');
  expect(asideOf(passed([named, signed]), 0)).toBe('1 signed 02:10');
});
