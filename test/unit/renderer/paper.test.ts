/** The paper version of a ceremony: blank, with everything that is filled in by hand. */
import { readFile } from 'node:fs/promises';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';
import {
  PaperExceptions,
  PaperParticipants,
  PaperSignatures,
  participantsOf,
} from '../../../renderer/features/library/PaperForms.tsx';
import { PaperStep } from '../../../renderer/features/library/PaperStep.tsx';

async function shipped(id: string): Promise<Runbook> {
  const file = `${id}.runbook.yaml`;
  const text = await readFile(new URL(`../../../runbooks/${file}`, import.meta.url), 'utf8');
  const { runbook } = parseRunbook(text, file);
  if (runbook === null) throw new Error(`${file} is not valid`);
  return runbook;
}

const cells = (html: string): readonly string[] =>
  [...html.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, inner = '']) => inner);

describe('a ceremony on paper', async () => {
  const ceremony = await shipped('mazevault-master-key-rotation');
  const roles = participantsOf(ceremony);

  it('has a line for everybody who takes part, each custodian among them', () => {
    expect(roles).toEqual([
      'operator',
      'verifier',
      'owner',
      'witness',
      'custodian',
      'custodian',
      'custodian',
    ]);
    const html = renderToStaticMarkup(createElement(PaperParticipants, { roles }));
    for (const head of ['Part', 'Name in print', 'How they proved who they are', 'Initials'])
      expect(html).toContain(`>${head}</th>`);
    expect(cells(html).filter((cell) => cell === '')).toHaveLength(3 * roles.length);
  });

  it('leaves initials and time of every step blank, and says who does it', () => {
    const steps = ceremony.phases.flatMap((phase) => phase.steps);
    const rows = steps.map((step, n) => renderToStaticMarkup(createElement(PaperStep, { step, n: n + 1 })));
    for (const [n, row] of rows.entries()) {
      const [, , initials, time] = cells(row.replaceAll('\n', ' '));
      expect([initials, time], steps[n]?.id).toEqual(['', '']);
    }
    expect(rows[steps.findIndex(({ id }) => id === 'bags')]).toContain('By witness');
    const turns = rows[steps.findIndex(({ id }) => id === 'give-old')] ?? '';
    expect(turns).toContain('Custodian 1 of 2');
    expect(turns).toContain('Custodian 2 of 2');
  });

  it('has blank lines for exceptions, and a signature of each', () => {
    expect(cells(renderToStaticMarkup(createElement(PaperExceptions))).every((cell) => cell === '')).toBe(
      true,
    );
    const html = renderToStaticMarkup(createElement(PaperSignatures, { roles }));
    expect(html).toContain('>Signature</th>');
    expect(html).toContain('>Date and time (UTC)</th>');
  });
});
