/** The steps that `verify` of a step stands for: a second person before it, or after it. */
import { StepId } from '../../contract/ids.ts';
import type { AttestStep, HoldStep, Step } from '../../contract/steps.ts';
import type { Authoring } from './authoring.ts';
import { compact } from './compact.ts';
import type { StepInput } from './schemaSteps.ts';
import type { Path } from './yamlSource.ts';

/** Id of the step that is made for `verify`; undefined when the step asks for none. */
export function secondPersonId(spec: StepInput): string | undefined {
  if (!('verify' in spec) || spec.verify === undefined) return undefined;
  return spec.verify === 'concurrent' ? `${spec.id}-second-look` : `${spec.id}-second-check`;
}

/** The step with those of the second person around it, in their order. */
export function withSecondPerson(a: Authoring, spec: StepInput, step: Step, path: Path): readonly Step[] {
  const id = secondPersonId(spec);
  if (id === undefined) return [step];
  const parsed = StepId.safeParse(id);
  if (!parsed.success) {
    a.error('step.id', [...path, 'id'], `"${id}" is too long for the step of the second person.`);
    return [step];
  }
  const role = a.role('verifier', [...path, 'verify']);
  const shared = compact({ id: parsed.data, risk: 'read' as const, when: step.when, madeFor: step.id });
  if (id.endsWith('-second-look')) {
    const look: HoldStep = {
      ...shared,
      kind: 'hold',
      hold: 'verify',
      signers: [role],
      title: `Second person reads target and command: ${step.title}`,
    };
    return [look, step];
  }
  const check: AttestStep = compact({
    ...shared,
    kind: 'attest' as const,
    by: role,
    title: `Second person checks by their own means: ${step.title}`,
    input:
      step.kind === 'attest'
        ? step.input
        : {
            kind: 'text' as const,
            label: 'What the second person saw, and where they looked',
            minLength: 10,
          },
    independentOf: step.kind === 'attest' ? step.id : undefined,
  });
  return [step, check];
}
