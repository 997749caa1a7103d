/**
 * Draws the timeline as SVG: phases, steps, waits, holds, failures, planned against actual, time in UTC. Shapes and
 * signs say everything that colour says. No script, no style attribute, no text that is not escaped.
 */
import { escapeXml } from './escapeXml.ts';
import { visibleLine } from './safeText.ts';
import type { Segment, Timeline, TimelinePhase, TimelineRow } from './timeline.ts';
import { eventWords, plural, span, stateSigns, stateWords, utc } from './words.ts';

const WIDTH = 1000;
const LEFT = 300;
const RIGHT = 930;
const TOP = 34;
const PHASE_HEIGHT = 22;
/** Rows are never taller than this and never more in all than fits a page. */
const ROW_HEIGHT = 18;
const MAX_ROWS_HEIGHT = 1100;
/** Below this height there is no room for the name of a step. */
const NAMED_HEIGHT = 11;

/** Class names for the style sheet of whoever shows it; `timelineCss` has them all. */
export const timelineCss = `
.tl{display:block;width:100%;height:auto;font-family:var(--sans,system-ui,sans-serif)}
.tl text{font-size:11px;fill:var(--ink,#1b1f24)}
.tl .tl-dim{fill:var(--dim,#5b6470)}
.tl .tl-num{font-variant-numeric:tabular-nums}
.tl .tl-phase{font-weight:600}
.tl .tl-grid{stroke:var(--rule,#d9dde2);stroke-width:1}
.tl .tl-band{fill:var(--wash,#f4f5f7)}
.tl .tl-gap{fill:var(--rule,#d9dde2);fill-opacity:.6}
.tl .tl-plan{fill:none;stroke:var(--dim,#5b6470);stroke-width:1;stroke-dasharray:3 2}
.tl .tl-wait{stroke:var(--dim,#5b6470);stroke-width:1.5}
.tl .tl-work{fill:var(--ink,#1b1f24)}
.tl .tl-hold{fill:var(--hold,#8a5a00);fill-opacity:.45;stroke:var(--hold,#8a5a00);stroke-width:1}
.tl .tl-bad{fill:var(--fail,#a8201a)}
.tl .tl-bad-text{fill:var(--fail,#a8201a);font-weight:700}
`;

/** The drawing. `id` keeps the ids of its title and description apart from others on the page. */
export function timelineSvg(timeline: Timeline, id = 'timeline'): string {
  const rows = timeline.phases.reduce((total, phase) => total + phase.rows.length, 0);
  const rowHeight = Math.max(1, Math.min(ROW_HEIGHT, MAX_ROWS_HEIGHT / Math.max(1, rows)));
  const height = TOP + timeline.phases.length * PHASE_HEIGHT + rows * rowHeight + 8;
  const x = (ms: number) => LEFT + (Math.min(ms, timeline.totalMs) / timeline.totalMs) * (RIGHT - LEFT);
  const parts: string[] = [];
  let y = TOP;
  for (const phase of timeline.phases) {
    parts.push(phaseBand(phase, y, x));
    y += PHASE_HEIGHT;
    for (const row of phase.rows) {
      parts.push(rowOf(row, y, rowHeight, x, timeline.totalMs));
      y += rowHeight;
    }
  }
  return [
    `<svg class="tl" viewBox="0 0 ${String(WIDTH)} ${num(height)}" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">Timeline of the run</title>`,
    `<desc id="${id}-desc">${escapeXml(timelineText(timeline))}</desc>`,
    ...timeline.gaps.map(
      (gap) =>
        `<rect class="tl-gap" x="${num(x(gap.fromMs))}" y="${num(TOP)}" width="${num(Math.max(1, x(gap.toMs) - x(gap.fromMs)))}" height="${num(height - TOP)}"/>`,
    ),
    axis(timeline, height, x),
    ...parts,
    '</svg>',
  ].join('\n');
}

function axis(timeline: Timeline, height: number, x: (ms: number) => number): string {
  const every = tickEvery(timeline.totalMs);
  const zero = Date.parse(timeline.from);
  const first = Math.ceil(zero / every) * every - zero;
  const out: string[] = [
    `<text class="tl-dim tl-num" x="0" y="14">${timeline.from.slice(0, 10)}, UTC</text>`,
  ];
  for (let ms = first; ms <= timeline.totalMs; ms += every) {
    const label = clock(zero + ms, every);
    out.push(
      `<line class="tl-grid" x1="${num(x(ms))}" x2="${num(x(ms))}" y1="20" y2="${num(height - 4)}"/>`,
      `<text class="tl-dim tl-num" x="${num(x(ms))}" y="14" text-anchor="middle">${label}</text>`,
    );
  }
  return out.join('\n');
}

const SECOND = 1000;
const EVERY = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** A round distance between marks in ms: six or seven marks. */
function tickEvery(totalMs: number): number {
  const wanted = totalMs / 7 / SECOND;
  const days = Math.ceil(wanted / 86_400) * 86_400;
  return (EVERY.find((seconds) => seconds >= wanted) ?? days) * SECOND;
}

function clock(epochMs: number, every: number): string {
  const text = new Date(epochMs).toISOString();
  if (every >= 86_400 * SECOND) return text.slice(5, 10);
  return every < 60 * SECOND ? text.slice(11, 19) : text.slice(11, 16);
}

function phaseBand(phase: TimelinePhase, y: number, x: (ms: number) => number): string {
  const out = [
    `<rect class="tl-band" x="0" y="${num(y + 2)}" width="${String(WIDTH)}" height="${String(PHASE_HEIGHT - 4)}"/>`,
    `<text class="tl-phase" x="4" y="${num(y + 15)}">${cut(phase.title, 46)}</text>`,
  ];
  if (phase.fromMs !== undefined && phase.toMs !== undefined) {
    const took = span(phase.toMs - phase.fromMs);
    out.push(
      `<line class="tl-wait" x1="${num(x(phase.fromMs))}" x2="${num(x(phase.toMs))}" y1="${num(y + 11)}" y2="${num(y + 11)}"/>`,
      `<text class="tl-dim tl-num" x="${String(WIDTH - 4)}" y="${num(y + 15)}" text-anchor="end">${took}</text>`,
    );
  }
  return out.join('\n');
}

function rowOf(row: TimelineRow, y: number, h: number, x: (ms: number) => number, totalMs: number): string {
  const named = h >= NAMED_HEIGHT;
  const middle = y + h / 2;
  const bad = row.state === 'failed' || row.state === 'unknown';
  const out: string[] = [`<g><title>${escapeXml(rowText(row))}</title>`];
  if (named) {
    const sign = stateSigns[row.state];
    out.push(
      `<text class="${bad ? 'tl-bad-text' : 'tl-dim'}" x="6" y="${num(middle + 4)}">${sign}</text>`,
      `<text x="20" y="${num(middle + 4)}"><tspan class="tl-dim tl-num">${String(row.number)}</tspan> ${cut(row.title, 44)}</text>`,
    );
  }
  const [first] = row.segments;
  if (first !== undefined && row.plannedMs !== undefined) {
    out.push(planned(first.fromMs, row.plannedMs, totalMs, y + h * 0.16, h * 0.68, x));
  }
  out.push(...row.segments.map((segment) => segmentOf(segment, bad, y, h, x)));
  for (const mark of row.marks) {
    if (mark.kind === 'failure' || mark.kind === 'unknown')
      out.push(cross(x(mark.atMs), middle, Math.min(4, h / 2)));
  }
  if (named)
    out.push(
      `<text class="tl-dim tl-num" x="${String(WIDTH - 4)}" y="${num(middle + 4)}" text-anchor="end">${aside(row)}</text>`,
    );
  out.push('</g>');
  return out.join('\n');
}

function segmentOf(segment: Segment, bad: boolean, y: number, h: number, x: (ms: number) => number): string {
  const { fromMs, toMs } = segment;
  switch (segment.kind) {
    case 'wait':
      return `<line class="tl-wait" x1="${num(x(fromMs))}" x2="${num(x(toMs))}" y1="${num(y + h / 2)}" y2="${num(y + h / 2)}"/>`;
    case 'work':
      return bar(bad ? 'tl-bad' : 'tl-work', fromMs, toMs, y + h * 0.28, h * 0.44, x);
    case 'hold':
      return bar('tl-hold', fromMs, toMs, y + h * 0.2, h * 0.6, x);
  }
}

function bar(
  name: string,
  fromMs: number,
  toMs: number,
  y: number,
  h: number,
  x: (ms: number) => number,
): string {
  const width = Math.max(1.5, x(toMs) - x(fromMs));
  return `<rect class="${name}" x="${num(x(fromMs))}" y="${num(y)}" width="${num(width)}" height="${num(Math.max(0.6, h))}"/>`;
}

/** An outline; open at its end where the plan reaches beyond the picture. */
function planned(
  fromMs: number,
  plannedMs: number,
  totalMs: number,
  y: number,
  h: number,
  x: (ms: number) => number,
): string {
  const open = fromMs + plannedMs > totalMs;
  const left = x(fromMs);
  const right = Math.max(left + 1.5, x(fromMs + plannedMs));
  const d = `M${num(right)} ${num(y)}H${num(left)}V${num(y + h)}H${num(right)}${open ? '' : 'Z'}`;
  return `<path class="tl-plan" d="${d}"/>`;
}

function cross(cx: number, cy: number, r: number): string {
  const d = `M${num(cx - r)} ${num(cy - r - 1)}h2l${num(r - 1)} ${num(r)}l${num(r - 1)} -${num(r)}h2l-${num(r)} ${num(r + 1)}l${num(r)} ${num(r + 1)}h-2l-${num(r - 1)} -${num(r)}l-${num(r - 1)} ${num(r)}h-2l${num(r)} -${num(r + 1)}z`;
  return `<path class="tl-bad" d="${d}"/>`;
}

function spent(row: TimelineRow): number | null {
  const [first] = row.segments;
  const last = row.segments.at(-1);
  return first === undefined || last === undefined ? null : last.toMs - first.fromMs;
}

function aside(row: TimelineRow): string {
  const ms = spent(row);
  return ms === null ? escapeXml(stateWords[row.state]) : span(ms);
}

function rowText(row: TimelineRow): string {
  const ms = spent(row);
  const took = ms === null ? '' : `, ${span(ms)}`;
  const planned = row.plannedMs === undefined ? '' : `, planned ${span(row.plannedMs)}`;
  const marks = row.marks.map((mark) => `, ${eventWords[mark.kind]}`).join('');
  return `${String(row.number)} ${visibleLine(row.title)}: ${stateWords[row.state]}${took}${planned}${marks}`;
}

/** The picture in words: one sentence for the whole, one for each phase. */
export function timelineText(timeline: Timeline): string {
  const rows = timeline.phases.flatMap((phase) => phase.rows);
  const head = `From ${utc(timeline.from)} to ${utc(timeline.to)}, ${span(timeline.totalMs)}: ${plural(timeline.phases.length, 'phase')}, ${plural(rows.length, 'step')}.`;
  const phases = timeline.phases.map((phase) => {
    const took =
      phase.fromMs === undefined || phase.toMs === undefined
        ? 'not reached'
        : span(phase.toMs - phase.fromMs);
    const planned = phase.plannedMs === undefined ? '' : `, planned ${span(phase.plannedMs)}`;
    const bad = phase.rows.filter((row) => row.state === 'failed' || row.state === 'unknown');
    const trouble =
      bad.length === 0
        ? ''
        : `; ${bad.map((row) => `step ${String(row.number)} ${stateWords[row.state]}`).join(', ')}`;
    return `${visibleLine(phase.title)}: ${plural(phase.rows.length, 'step')}, ${took}${planned}${trouble}.`;
  });
  return [head, ...phases].join(' ');
}

function cut(title: string, max: number): string {
  const text = visibleLine(title);
  return escapeXml(text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`);
}

/** At most one decimal, so that the drawing is the same everywhere. */
function num(n: number): string {
  return String(Math.round(n * 10) / 10);
}
