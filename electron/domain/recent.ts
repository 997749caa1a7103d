/**
 * What a pure function made of texts lately, so that the same text is not read again and again. Bounded: whoever asks for
 * something older has it made anew. Nothing that is remembered may be changed.
 */

export interface Recent<T> {
  /** What `make` returned for this key when it was last called, or returns now. */
  of(key: string, make: () => T): T;
}

/** Remembers results until their keys are longer than `chars` together; the one asked for longest ago goes first. */
export function recent<T>(chars: number): Recent<T> {
  const known = new Map<string, T>();
  let kept = 0;

  function makeRoom(): void {
    for (const oldest of known.keys()) {
      if (kept <= chars) return;
      known.delete(oldest);
      kept -= oldest.length;
    }
  }

  return {
    of(key, make) {
      const again = known.has(key);
      const value = again ? (known.get(key) as T) : make();
      // Set anew at the end: a Map hands its keys out in the order they were set.
      if (again) known.delete(key);
      else kept += key.length;
      known.set(key, value);
      makeRoom();
      return value;
    },
  };
}
