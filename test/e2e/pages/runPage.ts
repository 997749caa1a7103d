/** The run view as a keyboard user works it: what the current step asks for is answered, then the primary key. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Runbook, Step } from '../../../electron/contract/runbook.ts';
import { holdWord } from '../../../electron/domain/run/people.ts';
import type { Answers, StepAnswer } from '../../../electron/cli/answers.ts';
import { fillByKeys, tabTo } from './keyboard.ts';

const PRIMARY = 'Alt+Enter';

export class RunPage {
  readonly #page: Page;
  readonly #steps: ReadonlyMap<string, Step>;

  constructor(page: Page, runbook: Runbook) {
    this.#page = page;
    this.#steps = new Map(runbook.phases.flatMap((phase) => phase.steps).map((step) => [step.title, step]));
  }

  /** The card of the step on show. */
  card(): Locator {
    return this.#page.getByRole('article', { name: /^Step: / });
  }

  /** Title of the step on show. */
  async title(): Promise<string> {
    const label = await this.card().getAttribute('aria-label');
    return (label ?? '').replace(/^Step: /, '');
  }

  /** The step with this id, as the runbook has it. */
  step(id: string): Step {
    const found = [...this.#steps.values()].find((step) => step.id === id);
    if (found === undefined) throw new Error(`not a step of the runbook: ${id}`);
    return found;
  }

  async waitForStep(title: string, timeout = 60_000): Promise<void> {
    await expect(this.#page.getByRole('article', { name: `Step: ${title}`, exact: true })).toBeVisible({
      timeout,
    });
  }

  /** Answers steps until `until` says so of the step on show, or the last one is done. */
  async goOn(answers: Answers, until: (step: Step) => boolean = () => false): Promise<void> {
    for (;;) {
      const done = this.#page.getByRole('article', { name: 'End of the run' });
      await expect(this.card().or(done)).toBeVisible();
      if (await done.isVisible()) return;
      const title = await this.title();
      const step = this.#steps.get(title);
      if (step === undefined) throw new Error(`not a step of the runbook: ${title}`);
      if (until(step)) return;
      await this.act(step, answers.steps[step.id]);
      await expect(this.#page.getByRole('article', { name: `Step: ${title}`, exact: true })).toBeHidden({
        timeout: 60_000,
      });
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
        await expect(this.card().getByRole('button', { name: /^(Run|Observe|Fetch|Put)/ })).toBeEnabled({
          timeout: 30_000,
        });
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
      }
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
