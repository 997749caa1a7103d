/** The place-keeping mark of a step: a shape for each state, drawn so that it reads without colour. */
import type { ReactElement } from 'react';
import type { StepStatus } from '../../electron/domain/run/state.ts';
import type { StepKind } from '../../electron/contract/steps.ts';

export type MarkState = StepStatus['state'];

const slash = <path d="M1.5 14.5 14.5 1.5" />;

function shape(state: MarkState, kind: StepKind): ReactElement {
  const diamond = <path d="M8 1 15 8l-7 7-7-7z" className={kind === 'hold' ? 'mark__fill' : ''} />;
  const body = kind === 'hold' ? diamond : <circle cx="8" cy="8" r="6.2" />;
  switch (state) {
    case 'waiting':
      return body;
    case 'current':
    case 'running':
      return kind === 'hold' ? (
        <path d="M8 1.5 14.5 8 8 14.5 1.5 8z" strokeWidth="3" />
      ) : (
        <circle cx="8" cy="8" r="5.6" strokeWidth="3.2" />
      );
    case 'passed':
    case 'decided':
      return (
        <>
          {body}
          {slash}
        </>
      );
    case 'held':
      return (
        <>
          {diamond}
          <path d="M1 8h14" />
        </>
      );
    case 'notified':
      return (
        <>
          <rect x="1.2" y="3.4" width="13.6" height="9.2" rx="1" />
          <path d="M1.6 4.2 8 9l6.4-4.8" />
        </>
      );
    case 'attested':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" strokeDasharray="2.6 2.2" />
          {slash}
        </>
      );
    case 'overridden':
      return (
        <>
          <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="2" />
          {slash}
        </>
      );
    case 'failed':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" />
          <path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" strokeWidth="2" />
        </>
      );
    case 'unknown':
      return (
        <>
          <path d="M8 1.6 15 14.2H1z" />
          <path d="M8 6.2v3.6M8 11.9v.2" />
        </>
      );
    case 'not-applicable':
      return <circle cx="8" cy="8" r="6.2" strokeDasharray="1 2.4" />;
    case 'skipped':
      return (
        <>
          <circle cx="8" cy="8" r="6.2" strokeDasharray="1 2.4" />
          <path d="M4.5 8h7" />
        </>
      );
  }
}

export function StepMark({
  state,
  kind,
}: {
  readonly state: MarkState;
  readonly kind: StepKind;
}): ReactElement {
  return (
    <svg
      className={`mark mark--${state} mark--${kind}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      {shape(state, kind)}
    </svg>
  );
}
