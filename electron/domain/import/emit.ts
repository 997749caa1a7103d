/** Writes a draft as a runbook file: comments say which lines of the document a part comes from. */
import { Document, isMap, isSeq } from 'yaml';
import type { Span } from './blocks.ts';
import type { Draft, DraftPhase, DraftStep } from './draft.ts';

const MAX_PHASES = 50;
const MAX_STEPS = 200;

export interface DraftFacts {
  readonly id: string;
  readonly title: string;
  /** Name of the document without its ending, as steps cite it. */
  readonly document: string;
  readonly file: string;
}

/** The text of the runbook file. */
export function emitRunbook(draft: Draft, facts: DraftFacts): string {
  const phases = fitted(draft.phases);
  const steps = phases.flatMap((phase) => phase.steps);
  const hasRun = steps.some((step) => step.run !== undefined);
  const document = new Document({
    runbook: 1,
    id: facts.id,
    title: facts.title,
    version: '0.1.0',
    kind: 'reference',
    service: facts.title,
    summary: `Draft, taken over word for word from ${facts.file}. Nothing in it was mended: the findings say what must be, and until they are gone it cannot run in production.`,
    source: { document: facts.document },
    ...(hasRun ? { targets: { host: { title: 'Host; the document does not say which' } } } : {}),
    phases: phases.map((phase) => ({
      id: phase.id,
      title: phase.title,
      steps: phase.steps.map((step) => stepFields(step)),
    })),
  });
  comment(document, phases);
  const head = '# yaml-language-server: $schema=./runbook.schema.json\n';
  return head + document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function stepFields(step: DraftStep): Readonly<Record<string, unknown>> {
  return {
    id: step.id,
    title: step.title,
    ...(step.note === undefined ? {} : { note: step.note }),
    ...(step.run === undefined
      ? { attest: { checklist: step.checklist } }
      : { on: 'host', run: step.run, expect: { exit: 0 }, risk: 'irreversible' }),
    source: { ...(step.section === undefined ? {} : { section: step.section }), line: step.span.from },
  };
}

function comment(document: Document, phases: readonly DraftPhase[]): void {
  const list = document.get('phases');
  if (!isSeq(list)) return;
  for (const [p, phase] of phases.entries()) {
    const node = list.items[p];
    if (!isMap(node)) continue;
    node.commentBefore = ` ${linesOf(phase.span)}`;
    const steps = node.get('steps');
    for (const [s, step] of phase.steps.entries()) {
      const one = isSeq(steps) ? steps.items[s] : undefined;
      if (isMap(one)) one.commentBefore = ` ${linesOf(step.span)}`;
    }
  }
}

function linesOf({ from, to }: Span): string {
  return from === to ? `Line ${String(from)}` : `Lines ${String(from)}-${String(to)}`;
}

/** As many phases as a runbook may have, of as many steps as a phase may have. Titles then say from where to where. */
function fitted(phases: readonly DraftPhase[]): readonly DraftPhase[] {
  if (phases.length <= MAX_PHASES && phases.every((phase) => phase.steps.length <= MAX_STEPS)) return phases;
  const steps = phases.flatMap((phase) => phase.steps.map((step) => ({ step, phase })));
  const size = Math.min(MAX_STEPS, Math.ceil(steps.length / MAX_PHASES));
  const parts: DraftPhase[] = [];
  for (let i = 0; i < steps.length; i += size) {
    const some = steps.slice(i, i + size);
    const [first, last] = [some[0], some.at(-1)];
    if (first === undefined || last === undefined) continue;
    const title =
      first.phase === last.phase ? first.phase.title : `${short(first.phase)} … ${short(last.phase)}`;
    parts.push({
      id: `part-${String(parts.length + 1)}`,
      title,
      steps: some.map(({ step, phase }) => ({ ...step, section: phase.title })),
      span: { from: first.step.span.from, to: last.step.span.to },
    });
  }
  return parts;
}

function short(phase: DraftPhase): string {
  return phase.title.length <= 180
    ? phase.title
    : `${phase.title.slice(0, 179).replace(/[\ud800-\udbff]$/, '')}…`;
}
