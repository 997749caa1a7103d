/** Holds an action back for a moment after it appeared: the second of two quick presses must never hit it. */
import { useEffect, useState } from 'react';

const armAfterMs = 400;

/** False for the first 400 ms. */
export function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setArmed(true);
    }, armAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return armed;
}
