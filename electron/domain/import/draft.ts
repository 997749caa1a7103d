/**
 * Makes a draft of a runbook out of a document: sections become phases, blocks of commands run steps, lists checklists, and
 * all else notes. Words are taken over as they are; what had to be assumed is said in a finding, never hidden.
 */
import type { Diagnostic } from '../../contract/runbook.ts';
import { literal } from '../runbook/template.ts';
import { shellContexts } from '../runbook/shellContext.ts';
import { type ListItem, type Span, textOf } from './blocks.ts';
import type { Citation } from './citations.ts';
import { Ids } from './ids.ts';
import { fenced, findingsText, NOTE_LENGTH, noteText, partsOf, WHOLE_NOTE } from './notes.ts';
import { type Content, type Section } from './sections.ts';

export interface DraftStep {
  readonly id: string;
  readonly title: string;
  readonly run?: string;
  readonly checklist?: readonly string[];
  readonly note?: string;
  readonly section?: string;
  readonly span: Span;
}

export interface DraftPhase {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly DraftStep[];
  readonly span: Span;
}

export interface Draft {
  readonly phases: readonly DraftPhase[];
  readonly citations: readonly Citation[];
}

const MAX_LINE = 400;
const MAX_ITEMS = 50;
export const MAX_COMMAND = 60_000;
/** What all notes together may say about findings; the file has a limit too. */
const FINDINGS_LENGTH = 300_000;

/** Whether commands can stand in a run step; if not, the note of why is a finding of the import. */
export function commandProblem(text: string): 'import.unterminated' | 'import.too-long' | null {
  if (text.length > MAX_COMMAND) return 'import.too-long';
  return shellContexts(literal(text)).open === null ? null : 'import.unterminated';
}

/** The draft of a document, with the findings of its commands in the notes of their steps. */
export function draftOf(sections: readonly Section[], findings: readonly Diagnostic[]): Draft {
  const shared = { ids: new Ids(), findings, left: FINDINGS_LENGTH };
  const builders = sections.map((section) => new SectionDraft(section, commonRoot(sections), shared));
  return {
    phases: builders.map((builder) => builder.phase),
    citations: builders.flatMap((builder) => builder.citations),
  };
}

/** Whether all sections stand under the same first heading: then it is the title of the document. */
function commonRoot(sections: readonly Section[]): boolean {
  const titled = sections.filter((section) => section.path.length > 0);
  const root = titled[0]?.path[0];
  return titled.length > 1 && titled.every((section) => section.path[0] === root);
}

interface Shared {
  readonly ids: Ids;
  readonly findings: readonly Diagnostic[];
  left: number;
}

type Noted = { readonly text: string; readonly span: Span };
type Body = Pick<DraftStep, 'run' | 'checklist'>;

class SectionDraft {
  readonly phase: DraftPhase;
  readonly citations: Citation[] = [];
  private readonly phaseId: string;
  private readonly heading: string;
  private readonly shared: Shared;
  private readonly steps: DraftStep[] = [];
  private pending: Noted[] = [];
  /** Line above a list or commands that names them: it becomes the title. */
  private lead: Noted | null = null;

  constructor(section: Section, rooted: boolean, shared: Shared) {
    const path = rooted && section.path.length > 1 ? section.path.slice(1) : section.path;
    this.shared = shared;
    this.heading = section.path.at(-1) ?? '';
    const title = path.join(' › ');
    this.phaseId = shared.ids.phase(title);
    for (const span of section.headings) this.cite(span, 'heading', null);
    if (title.length > MAX_LINE) this.pending.push({ text: fenced(title), span: spanAll(section.headings) });
    for (const content of section.content) this.take(content);
    this.takeLead();
    this.flush();
    if (this.steps.length === 0) {
      this.add(section.headings[0] ?? { from: 1, to: 1 }, { checklist: ['Read'] }, 'note');
    }
    const span = spanAll([...section.headings, ...this.steps.map((step) => step.span)]);
    this.phase = {
      id: this.phaseId,
      title: title === '' ? 'Beginning' : cut(title),
      steps: this.steps,
      span,
    };
  }

  private take(content: Content): void {
    if (content.kind === 'rule') return;
    if (content.kind === 'mark') {
      this.cite(content.span, 'mark', null);
      return;
    }
    if (content.kind === 'commands') {
      this.commands(content);
      return;
    }
    if (content.kind === 'list') {
      this.list(content.items);
      return;
    }
    this.takeLead();
    const last = content.kind === 'prose' ? content.lines.at(-1) : undefined;
    if (content.kind !== 'prose' || last === undefined || !isLead(last.text)) {
      this.note(noteText(content), content.span);
      return;
    }
    const rest = content.lines.slice(0, -1);
    const span = { from: content.span.from, to: last.line - 1 };
    if (rest.length > 0) this.note(noteText({ kind: 'prose', lines: rest, span }), span);
    this.lead = { text: last.text.trim(), span: { from: last.line, to: last.line } };
  }

  private commands(content: Extract<Content, { kind: 'commands' }>): void {
    const text = textOf(content.lines);
    if (commandProblem(text) !== null) {
      this.takeLead();
      this.note(fenced(text), content.span);
    } else this.add(content.span, { run: literal(text).source }, 'run');
  }

  private list(items: readonly ListItem[]): void {
    for (let i = 0; i < items.length; i += MAX_ITEMS) {
      const some = items.slice(i, i + MAX_ITEMS);
      for (const item of some.filter((one) => one.text.length > MAX_LINE))
        this.note(fenced(item.text), item.span);
      const checklist = some.map((item) => (item.text === '' ? '–' : cut(item.text)));
      this.add(spanAll(some.map((item) => item.span)), { checklist }, 'checklist');
    }
  }

  private note(text: string, span: Span): void {
    if (text.length <= NOTE_LENGTH) this.pending.push({ text, span });
    else for (const part of partsOf(text, NOTE_LENGTH - 200)) this.pending.push({ text: fenced(part), span });
  }

  /** A line that names nothing after all is prose. */
  private takeLead(): void {
    if (this.lead !== null) this.note(noteText(leadProse(this.lead)), this.lead.span);
    this.lead = null;
  }

  /** What is pending becomes steps of its own: somebody must read it. */
  private flush(keep = 0): void {
    while (sizeOf(this.pending) > keep) {
      const some = [this.pending.shift()].filter((one) => one !== undefined);
      for (let next = this.pending[0]; next !== undefined; next = this.pending[0]) {
        if (sizeOf(some) + next.text.length + 2 > NOTE_LENGTH) break;
        some.push(next);
        this.pending.shift();
      }
      this.step(spanAll(some.map((one) => one.span)), { checklist: ['Read'] }, some, null);
    }
  }

  private add(span: Span, body: Body, as: Citation['as']): void {
    if (this.lead !== null && this.lead.text.length > MAX_LINE) this.takeLead();
    this.flush(NOTE_LENGTH);
    const notes = this.pending;
    this.pending = [];
    const { lead } = this;
    this.lead = null;
    const id = this.step(span, body, notes, lead);
    this.cite(span, as, id);
  }

  private step(span: Span, body: Body, notes: readonly Noted[], lead: Noted | null): string {
    const title = lead?.text ?? cut(this.heading === '' ? 'Beginning' : this.heading);
    const id = this.shared.ids.step(title);
    const all = [span, ...notes.map((one) => one.span), ...(lead === null ? [] : [lead.span])];
    for (const one of notes) this.cite(one.span, 'note', id);
    if (lead !== null) this.cite(lead.span, 'heading', id);
    const found = body.run === undefined ? '' : this.findings(span, WHOLE_NOTE - sizeOf(notes));
    const note = [...notes.map((one) => one.text), found].filter((text) => text !== '').join('\n\n');
    this.steps.push({
      id,
      title,
      ...body,
      ...(note === '' ? {} : { note }),
      ...(this.heading === '' ? {} : { section: cut(this.heading) }),
      span: spanAll(all),
    });
    return id;
  }

  private findings(span: Span, room: number): string {
    const of = this.shared.findings.filter((one) => one.line >= span.from && one.line <= span.to);
    const text = findingsText(of, Math.min(room, this.shared.left));
    this.shared.left -= text.length;
    return text;
  }

  private cite(span: Span, as: Citation['as'], step: string | null): void {
    this.citations.push({ ...span, phase: this.phaseId, ...(step === null ? {} : { step }), as });
  }
}

function leadProse(lead: Noted): Extract<Content, { kind: 'prose' }> {
  return { kind: 'prose', lines: [{ text: lead.text, line: lead.span.from, column: 1 }], span: lead.span };
}

function isLead(text: string): boolean {
  return text.trim().endsWith(':') && text.trim().length <= 120;
}

function sizeOf(notes: readonly Noted[]): number {
  return notes.reduce((sum, note) => sum + note.text.length + 2, 0);
}

function spanAll(spans: readonly Span[]): Span {
  let from = spans[0]?.from ?? 1;
  let to = spans[0]?.to ?? 1;
  for (const span of spans) {
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  return { from, to };
}

function cut(text: string): string {
  return text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
