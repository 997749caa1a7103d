/** The run view as a keyboard user works it: what the current step asks for is answered, then the primary key. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';
import { holdWord } from '../../../electron/domain/run/people.ts';
import type { Answers, StepAnswer } from '../../../electron/cli/answers.ts';
import { fillByKeys, tabTo } from './keyboard.ts';

const PRIMARY = 'Alt+Enter';

export class RunPage {
  readonly #page: Page;
  /** By id: a runbook that calls others may have two steps of one title. */
  readonly #steps: ReadonlyMap<string, Step>;

  constructor(page: Page, runbook: Runbook) {
    this.#page = page;
    this.#steps = new Map(runbook.phases.flatMap((phase) => phase.steps).map((step) => [step.id, step]));
  }

  /** The card of the step on show. */
  card(): Locator {
    return this.#page.getByRole('article', { name: /^Step: / });
  }

  /** The row of the list whose step is on show. */
  row(): Locator {
    return this.#page.locator('.steps [data-step].is-shown');
  }

  /** The step with this id, as the runbook has it. */
  step(id: string): Step {
    const found = this.#steps.get(id);
    if (found === undefined) throw new Error(`not a step of the runbook: ${id}`);
    return found;
  }

  /** Waits until this step is on show and has the turn. */
  async waitForStep(id: string, timeout = 60_000): Promise<void> {
    await this.expectTurn(id, timeout);
    const name = `Step: ${this.step(id).title}`;
    await expect(this.#page.getByRole('article', { name, exact: true })).toBeVisible();
  }

  /** Expects this step to be on show and to have the turn. */
  async expectTurn(id: string, timeout = 15_000): Promise<void> {
    await expect(this.row()).toHaveAttribute('data-step', id, { timeout });
    await expect(this.row()).toHaveAttribute('aria-current', 'step', { timeout });
  }

  /** Answers steps until the step `to` has the turn; without it until the last one is done. */
  async goOn(answers: Answers, to: string | null = null): Promise<void> {
    const last = to === null ? null : this.step(to).id;
    for (;;) {
      const done = this.#page.getByRole('article', { name: 'End of the run' });
      await expect(this.card().or(done)).toBeVisible();
      if (last === null && (await done.isVisible())) return;
      const id = (await this.row().getAttribute('data-step')) ?? '';
      const step = this.step(id);
      if (id === last) return;
      await this.act(step, answers.steps[id]);
      await expect(done.or(this.row().and(this.#page.locator(`:not([data-step="${id}"])`)))).toBeVisible();
    }
  }

  /** Does what the step asks for, once. */
  async act(step: Step, answer: StepAnswer | undefined): Promise<void> {
    switch (step.kind) {
      case 'run':
      case 'observe':
      case 'transfer':
        if (answer?.confirm !== undefined) {
          await fillByKeys(this.#page, this.card().getByRole('textbox', { name: /^Type / }), answer.confirm);
        }
        await expect(this.card().getByRole('button', { name: /^(Run|Observe|Fetch|Put)/ })).toBeEnabled();
        await this.#page.keyboard.press(PRIMARY);
        return;
      case 'attest':
        await this.#attest(step, answer);
        await this.#page.keyboard.press(PRIMARY);
        return;
      case 'decide':
        await this.#choose(step.options.find((option) => option.id === answer?.choice)?.title ?? '');
        if (answer?.reason !== undefined) {
          await fillByKeys(this.#page, this.card().getByRole('textbox', { name: /^Reason/ }), answer.reason);
        }
        await this.#page.keyboard.press(PRIMARY);
        return;
      case 'hold': {
        const names = answer?.names ?? [];
        const others = step.signers.filter((role) => role !== 'operator');
        for (const [index, role] of others.entries()) {
          await fillByKeys(
            this.#page,
            this.card().getByRole('textbox', { name: `Name of the ${role}` }),
            names[index] ?? '',
          );
        }
        const word = holdWord(step.hold);
        await fillByKeys(this.#page, this.card().getByRole('textbox', { name: `Type ${word}` }), word);
        await tabTo(this.#page, this.card().getByRole('button', { name: 'Pass hold' }));
        await this.#page.keyboard.press('Space');
        return;
      }
      case 'wait':
        // The host ends it, and a key would go to the step that comes then.
        return;
      case 'notify':
      case 'measure':
        await expect(this.card().locator('.button--primary')).toBeEnabled();
        await this.#page.keyboard.press(PRIMARY);
        return;
      case 'custodians':
        throw new Error(`${step.id}: custodians type for themselves`);
    }
  }

  async #attest(step: Extract<Step, { kind: 'attest' }>, answer: StepAnswer | undefined): Promise<void> {
    const { input } = step;
    switch (input.kind) {
      case 'text':
        return fillByKeys(this.#page, this.card().getByRole('textbox').first(), answer?.text ?? '');
      case 'number':
        return fillByKeys(this.#page, this.card().getByRole('textbox').first(), answer?.number ?? '');
      case 'choice':
        return this.#choose(answer?.choice ?? '');
      case 'checklist':
        for (const item of input.items) {
          await tabTo(this.#page, this.card().getByRole('checkbox', { name: item }));
          await this.#page.keyboard.press('Space');
        }
    }
  }

  /** Picks a radio button: Tab reaches the group, arrows move in it. */
  async #choose(title: string): Promise<void> {
    const option = this.card().getByRole('radio', { name: title, exact: true });
    await tabTo(this.#page, this.card().getByRole('radiogroup'));
    await this.#page.keyboard.press('Space');
    for (let moves = 0; moves < 20 && !(await option.isChecked()); moves += 1) {
      await this.#page.keyboard.press('ArrowDown');
    }
    await expect(option).toBeChecked();
  }
}
