/** The recorded screen. Rows of text in the order they were printed: no input, no links, no reordering of letters. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { createPainter } from './paint.ts';
import type { Player } from './player.ts';

/** Width of a column of the mono face, in parts of its size. */
const COLUMN = 0.6;

export function ScreenView(props: { readonly player: Player; readonly label: string }): ReactElement {
  const { player } = props;
  const frame = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const [cols, setCols] = useState(80);
  const [px, setPx] = useState(13);

  useLayoutEffect(() => {
    const root = screen.current;
    if (root === null) return;
    const painter = createPainter(root);
    const draw = (): void => {
      const shown = player.screen();
      if (shown === null) return;
      painter.paint(shown.lines(), shown.cursor());
      setCols(shown.size().cols);
    };
    draw();
    const stop = player.onDraw(draw);
    const observer = new MutationObserver(() => {
      painter.retheme();
      draw();
    });
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      stop();
      observer.disconnect();
      root.replaceChildren();
    };
  }, [player]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const room = (element.clientWidth - 26) / (cols * COLUMN);
      setPx(Math.min(15, Math.max(9, Math.floor(room * 4) / 4)));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [cols]);

  return (
    <div className="vt" ref={frame} tabIndex={0} role="region" aria-label={props.label}>
      <div
        className="vt__screen"
        ref={screen}
        style={{ fontSize: `${String(px)}px`, width: `${String(cols)}ch` }}
      />
    </div>
  );
}
