import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../../electron/domain/report/report.ts';
import { replay } from '../../../../electron/domain/run/evolve.ts';
import { runbookOf, STORY_RUNBOOK, storyInput, storyRecords } from '../../../fixtures/report/story.ts';

describe('the report of a run', () => {
  it('says what the fold of the journal says, and nothing else', () => {
    const report = reportOf(storyInput({ fails: true }));
    const state = replay(runbookOf(STORY_RUNBOOK), storyRecords({ fails: true }));
    expect(report.phases.flatMap((phase) => phase.steps).map((step) => step.state)).toEqual(
      state.steps.map((view) => view.status.state),
    );
    expect(report.head).toMatchObject({ result: 'success-with-deviations', ticket: 'CHG-77' });
    expect(report.counts).toMatchObject({
      steps: 4,
      done: 4,
      overridden: 1,
      checks: 3,
      checksHeld: 2,
      holds: 1,
    });
  });

  it('names file and line of the journal where a statement is proven', () => {
    const input = storyInput({ fails: true });
    const report = reportOf(input);
    const upgrade = report.phases[1]?.steps[0];
    expect(upgrade).toMatchObject({ id: 'upgrade', state: 'overridden', by: 'Alice Example' });
    const line = upgrade?.proof[0]?.line ?? 0;
    expect(input.records[line - 1]?.type).toBe('step.override');
    for (const event of report.events) {
      expect(event.at).toBe(input.records[event.line - 1]?.t);
    }
    expect(report.events.map((event) => event.kind)).toEqual(['failure', 'override', 'note', 'gap']);
  });

  it('tells who was named from who has signed', () => {
    const { people } = reportOf(storyInput());
    expect(people.map(({ part, name, basis }) => [part, name, basis])).toEqual([
      ['operator', 'Alice Example', 'signed'],
      ['signer', 'Alice Example', 'desk'],
      ['signer', 'Bob', 'named'],
    ]);
  });

  it('answers the questions of three frameworks and does not make up what is not recorded', () => {
    const { changeRecord } = reportOf(storyInput());
    expect(new Set(changeRecord.map((one) => `${one.framework} ${one.clause}`))).toEqual(
      new Set(['SOC 2 CC8.1', 'ISO/IEC 27001:2022 A.8.32', 'PCI DSS 4.0.1 6.5.1']),
    );
    const answer = (question: RegExp) => changeRecord.find((one) => question.test(one.question));
    expect(answer(/security impact on record/)).toMatchObject({ state: 'not-recorded', proof: [] });
    expect(answer(/review it/)).toMatchObject({ state: 'not-recorded' });
    expect(answer(/documented before/)).toMatchObject({ state: 'yes' });
    // Holds that were named do not make an approval.
    expect(answer(/authorised before/)).toMatchObject({ state: 'partly' });
    expect(answer(/told/)).toMatchObject({ state: 'yes', answer: 'Service desk, by mail' });
    for (const one of changeRecord) {
      if (one.state === 'yes') expect(one.proof.length, one.question).toBeGreaterThan(0);
    }
  });

  it('names who released the runbook, and says it when the site asks for that and nobody did', () => {
    const documented = (more: object) => {
      const input = storyInput();
      const { changeRecord } = reportOf({ ...input, plan: { ...input.plan, ...more } });
      return changeRecord.find((one) => /documented before/.test(one.question))?.answer ?? '';
    };
    const release = { principal: 'owner@example.com', fingerprint: 'SHA256:abc', sha256: 'e'.repeat(64) };
    expect(documented({ release })).toContain(
      `released by owner@example.com (key SHA256:abc, digest list ${release.sha256})`,
    );
    const policy = { signatures: ['seal', 'operator'], runbooks: 'signed' };
    expect(documented({ policy, rehearsal: false })).toContain('from no signed package');
    expect(documented({})).not.toContain('package');
  });

  it('takes a signed approval from run.start as the authorisation', () => {
    const input = storyInput();
    const [start, ...rest] = input.records;
    if (start?.type !== 'run.start') throw new Error('no start');
    const file = (name: string) => ({ file: name, bytes: 1, sha256: 'd'.repeat(64) });
    const approvals = [
      {
        statement: file('plan/approval-1.json'),
        signature: file('plan/approval-1.json.sig'),
        principal: 'carol@example.com',
        fingerprint: 'SHA256:carol',
      },
    ];
    const approved = { ...start, d: { ...start.d, approvals } } as typeof start;
    const { changeRecord, people } = reportOf({ ...input, records: [approved, ...rest] });
    expect(people[1]).toMatchObject({ part: 'approver', name: 'carol@example.com', basis: 'signed' });
    const authorised = changeRecord.find((one) => one.question.includes('authorised before'));
    expect(authorised).toMatchObject({ state: 'yes' });
    expect(authorised?.proof).toContainEqual({ file: 'plan/approval-1.json.sig' });
  });

  it('fills the facts of the kind in from the run and leaves out what has no value', () => {
    const { block } = reportOf(storyInput());
    expect(block).toMatchObject({
      kind: 'upgrade',
      facts: { from: '1.9', to: '2.0', notified: 'Service desk, by mail' },
      before: [{ step: 'look', held: 1, of: 1 }],
      after: [{ step: 'check', held: 1, of: 1 }],
    });
    const early = reportOf({ ...storyInput(), records: storyInput().records.slice(0, 2) });
    expect(early.block?.facts).not.toHaveProperty('from');
  });

  it('says of a run without a verdict that nobody has verified it', () => {
    const { verdict: _, ...input } = storyInput();
    const report = reportOf({ ...input, unverified: 'the run has not ended' });
    expect(report.verification).toBeNull();
    expect(report.unverified).toBe('the run has not ended');
  });

  it('places every step in the timeline: waits, work, holds, failures', () => {
    const { timeline } = reportOf(storyInput({ fails: true }));
    const rows = timeline?.phases.flatMap((phase) => phase.rows) ?? [];
    expect(rows.map((row) => row.segments.map((segment) => segment.kind))).toEqual([
      ['wait', 'work', 'wait'],
      ['hold'],
      ['wait', 'work', 'wait'],
      ['wait', 'work', 'wait'],
    ]);
    expect(rows[2]?.marks.map((mark) => mark.kind)).toEqual(['failure', 'override']);
    for (const row of rows) {
      for (const { fromMs, toMs } of row.segments) {
        expect(toMs).toBeGreaterThanOrEqual(fromMs);
        expect(toMs).toBeLessThanOrEqual(timeline?.totalMs ?? 0);
      }
    }
  });
});
