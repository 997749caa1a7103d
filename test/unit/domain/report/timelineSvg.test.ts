import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../../electron/domain/report/report.ts';
import type { Timeline } from '../../../../electron/domain/report/timeline.ts';
import { timelineSvg, timelineText } from '../../../../electron/domain/report/timelineSvg.ts';
import { storyInput } from '../../../fixtures/report/story.ts';

function timelineWith(steps: number, totalMs: number): Timeline {
  const row = (n: number) => ({
    number: n + 1,
    title: `Step ${String(n + 1)}`,
    state: 'passed' as const,
    plannedMs: 60_000,
    segments: [{ kind: 'work' as const, fromMs: (totalMs / steps) * n, toMs: (totalMs / steps) * (n + 1) }],
    marks: [],
  });
  return {
    from: '2026-11-21T23:58:00.000Z',
    to: new Date(Date.parse('2026-11-21T23:58:00.000Z') + totalMs).toISOString(),
    totalMs,
    gaps: [],
    phases: [
      { title: 'All', fromMs: 0, toMs: totalMs, rows: Array.from({ length: steps }, (_, n) => row(n)) },
    ],
  };
}

const heightOf = (svg: string) => Number(/viewBox="0 0 1000 ([\d.]+)"/.exec(svg)?.[1]);

describe('the timeline', () => {
  it.each([
    [1, 1000],
    [1, 40 * 86_400_000],
    [35, 2 * 3_600_000],
    [500, 6 * 3_600_000],
  ])('of %i steps in %i ms fits a page, with a few marks of time', (steps, totalMs) => {
    const svg = timelineSvg(timelineWith(steps, totalMs));
    expect(heightOf(svg)).toBeLessThan(1400);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const ticks = [...svg.matchAll(/class="tl-grid"/g)].length;
    expect(ticks).toBeGreaterThanOrEqual(1);
    expect(ticks).toBeLessThan(12);
    expect([...svg.matchAll(/<g>/g)]).toHaveLength(steps);
  });

  it('counts its axis in UTC, over midnight', () => {
    const svg = timelineSvg(timelineWith(3, 600_000));
    expect(svg).toContain('>23:58<');
    expect(svg).toContain('>00:00<');
  });

  it('says in words what it shows, failures too', () => {
    const { timeline } = reportOf(storyInput({ fails: true }));
    if (timeline === null) throw new Error('no timeline');
    expect(timelineText(timeline)).toMatch(/^From 2026-11-21 02:03:11 UTC to .*2 phases, 4 steps\./);
    const svg = timelineSvg(timeline);
    expect(svg).toContain('Upgrade it: overridden');
    expect(svg).toContain('class="tl-bad"');
    expect(svg).toContain('class="tl-hold"');
    expect(svg).toContain('class="tl-plan"');
  });

  it('holds hostile titles as text', () => {
    const timeline = timelineWith(1, 5000);
    const bad = {
      ...timeline,
      phases: timeline.phases.map((phase) => ({ ...phase, title: '</svg><script>' })),
    };
    expect(timelineSvg(bad)).not.toContain('<script');
  });
});
