/** Holds an action back for a moment after it appeared: the second of two quick presses must never hit it. */
import { useEffect, useState } from 'react';

const armAfterMs = 400;

/** False for the first 400 ms, and for the first 400 ms after `on` has become true. */
export function useArmed(on = true): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => {
      setArmed(true);
    }, armAfterMs);
    return () => {
      clearTimeout(timer);
      setArmed(false);
    };
  }, [on]);
  return armed && on;
}
