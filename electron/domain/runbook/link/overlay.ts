/** Merges the overlay of a site into a runbook: values, and commands of steps that ask for one. It can change nothing else. */
import type { Diagnostic, OverlayChange } from '../../../contract/runbook.ts';
import { compact } from '../compact.ts';
import type { ParameterInput, RunbookInput } from '../schema.ts';
import type { StepInput } from '../schemaSteps.ts';
import { schemaDiagnostics } from '../schemaIssues.ts';
import { suggestion } from '../suggest.ts';
import { loadYaml, type Path, type YamlSource } from '../yamlSource.ts';
import { type Filling, OverlaySchema, type OverlayInput } from './overlaySchema.ts';
import { type Origin, plainScalars } from './places.ts';

export interface Overlay {
  readonly input: OverlayInput;
  readonly source: YamlSource;
  readonly file: string;
  readonly sha256: string;
}

export type LoadedOverlay =
  | { readonly ok: true; readonly overlay: Overlay }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads an overlay. `file` must be `<site>.overlay.yaml`. */
export function loadOverlay(text: string, file: string, sha256: string): LoadedOverlay {
  const loaded = loadYaml(text, file);
  if (!loaded.ok) return loaded;
  const { source } = loaded;
  const shape = OverlaySchema.safeParse(source.value);
  if (!shape.success)
    return { ok: false, diagnostics: schemaDiagnostics(shape.error.issues, source, OverlaySchema) };
  const base = file.split(/[\\/]/).at(-1) ?? file;
  if (base !== `${shape.data.site}.overlay.yaml`) {
    const message = `The site is "${shape.data.site}", but the file is called "${base}".`;
    const hint = `call the file ${shape.data.site}.overlay.yaml`;
    return { ok: false, diagnostics: [source.at('error', 'overlay.file-name', ['site'], message, { hint })] };
  }
  return { ok: true, overlay: { input: plainScalars(shape.data, source), source, file, sha256 } };
}

export interface Merged {
  readonly input: RunbookInput;
  readonly origins: readonly Origin[];
  readonly changes: readonly OverlayChange[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The runbook with the overlay's values and commands in it. */
export function mergeOverlay(input: RunbookInput, overlay: Overlay): Merged {
  const values = mergeParameters(input, overlay);
  const steps = mergeSteps(input, overlay);
  return {
    input: {
      ...input,
      ...(values.parameters === undefined ? {} : { parameters: values.parameters }),
      phases: steps.phases,
    },
    origins: [...values.origins, ...steps.origins],
    changes: [...values.changes, ...steps.changes],
    diagnostics: [...values.diagnostics, ...steps.diagnostics],
  };
}

function mergeParameters(input: RunbookInput, { input: overlay, source }: Overlay) {
  const parameters: Record<string, ParameterInput> = { ...input.parameters };
  const origins: Origin[] = [];
  const changes: OverlayChange[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const scope of ['*', input.id] as const) {
    for (const [name, value] of Object.entries(overlay.parameters?.[scope] ?? {})) {
      const spec = parameters[name];
      const from: Path = ['parameters', scope, name];
      if (spec === undefined) {
        if (scope === '*') continue;
        const hint = suggestion(name, Object.keys(parameters));
        diagnostics.push(
          source.at('error', 'overlay.parameter', from, `Runbook "${scope}" has no parameter "${name}".`, {
            key: true,
            hint,
          }),
        );
        continue;
      }
      if (spec.type === 'secret') {
        diagnostics.push(
          source.at('error', 'overlay.secret', from, `"${name}" is a secret; no file holds its value.`, {
            key: true,
          }),
        );
        continue;
      }
      changes.push({
        site: overlay.site,
        what: 'parameter',
        name,
        was: spec.default === undefined ? '' : String(spec.default),
        is: String(value),
      });
      const { from: _reference, ...rest } = spec;
      parameters[name] = { ...rest, default: value, site: overlay.site };
      origins.push({ path: ['parameters', name, 'default'], source, from });
    }
  }
  return {
    parameters: input.parameters === undefined ? undefined : parameters,
    origins,
    changes,
    diagnostics,
  };
}

function mergeSteps(input: RunbookInput, overlay: Overlay) {
  const { source } = overlay;
  const wanted = new Map(Object.entries(overlay.input.vendor?.[input.id] ?? {}));
  const origins: Origin[] = [];
  const changes: OverlayChange[] = [];
  const diagnostics: Diagnostic[] = [];
  const phases = input.phases.map((phase, p) => ({
    ...phase,
    steps: phase.steps.map((step, s): StepInput => {
      const filling = wanted.get(step.id);
      if (filling === undefined) return step;
      wanted.delete(step.id);
      const from: Path = ['vendor', input.id, step.id];
      const filled = fill(step, filling, overlay);
      if (typeof filled === 'string') {
        diagnostics.push(source.at('error', 'overlay.step', from, filled, { key: true }));
        return step;
      }
      for (const key of Object.keys(filling)) {
        const path: Path = ['phases', p, 'steps', s, ...(filled.places[key] ?? [key])];
        origins.push({ path, source, from: [...from, key] });
      }
      changes.push({
        site: overlay.input.site,
        what: 'vendor-confirm',
        name: step.id,
        was: commandOf(step),
        is: filling.run ?? 'by hand',
      });
      return filled.step;
    }),
  }));
  for (const id of wanted.keys()) {
    const known = input.phases.flatMap((phase) => phase.steps.map((step) => step.id));
    diagnostics.push(
      source.at(
        'error',
        'overlay.step',
        ['vendor', input.id, id],
        `Runbook "${input.id}" has no step "${id}".`,
        {
          key: true,
          hint: suggestion(id, known),
        },
      ),
    );
  }
  return { phases, origins, changes, diagnostics };
}

interface Filled {
  readonly step: StepInput;
  /** Where keys of the filling stand in the step when they are not its own. */
  readonly places: Readonly<Record<string, Path>>;
}

/** The step as the site does it, or what is wrong. */
function fill(step: StepInput, filling: Filling, overlay: Overlay): Filled | string {
  if (!('vendor-confirm' in step) || step['vendor-confirm'] === undefined) {
    return `Step "${step.id}" does not ask for a command of the site; an overlay cannot change it.`;
  }
  const { site, confirmed } = overlay.input;
  const filled = { site, by: confirmed.by, on: confirmed.on };
  const { 'by-hand': byHand, run, ...rest } = filling;
  if ((byHand === undefined) === (run === undefined)) return 'Either "run" or "by-hand" must be given.';
  if (byHand !== undefined) {
    if (Object.keys(rest).length > 0) return 'What is done by hand has nothing but "by-hand".';
    const { id, title, why, caution, note, planned, risk, when, source } = step;
    const shared = compact({ id, title, why, caution, note, planned, risk, when, source });
    const made = { ...shared, attest: byHand, 'vendor-confirm': step['vendor-confirm'], filled };
    return { step: made, places: { 'by-hand': ['attest'] } };
  }
  if (run === undefined) return 'Either "run" or "by-hand" must be given.';
  if ('observe' in step) {
    const { expect, timeout, capture, ...other } = rest;
    if (Object.keys(other).length > 0)
      return `A probe that is repeated has no "${Object.keys(other).join('", "')}".`;
    return {
      step: { ...step, ...compact({ expect, timeout, capture }), observe: run, filled },
      places: { run: ['observe'] },
    };
  }
  if ('custodians' in step) {
    const { expect, timeout, probe, ...other } = rest;
    if (Object.keys(other).length > 0)
      return `Turns of custodians have no "${Object.keys(other).join('", "')}".`;
    const turn = compact({ expect, timeout, probe });
    return {
      step: { ...step, custodians: { ...step.custodians, ...turn, run }, filled },
      places: {
        run: ['custodians', 'run'],
        expect: ['custodians', 'expect'],
        probe: ['custodians', 'probe'],
      },
    };
  }
  if ('run' in step) return { step: { ...step, ...compact(rest), run, filled }, places: {} };
  return `Step "${step.id}" has no command to fill in.`;
}

function commandOf(step: StepInput): string {
  if ('run' in step) return step.run;
  if ('observe' in step) return step.observe;
  return 'custodians' in step ? step.custodians.run : '';
}
