/** Asks the host how typed addresses would be reached: a moment after the last key, a few at a time, each once. */
import { useEffect, useRef, useState } from 'react';
import type { Client } from '../../api/client.ts';
import { queryKey, type RouteAnswer, type RouteQuery } from './address.ts';
import type { Answers } from './request.ts';

const debounceMs = 350;
const atATime = 4;

/** `wanted` is the key of everything the form wants to know; answers of earlier questions are kept. */
export function useRoutes(client: Client): {
  readonly answers: Answers;
  readonly want: (queries: readonly RouteQuery[]) => void;
} {
  const [answers, setAnswers] = useState<Answers>(new Map());
  const known = useRef(new Set<string>());
  const queue = useRef<readonly RouteQuery[]>([]);
  const running = useRef(0);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const put = (key: string, answer: RouteAnswer): void => {
    if (!gone.current) setAnswers((before) => new Map([...before, [key, answer]]));
  };
  const pump = (): void => {
    while (running.current < atATime) {
      const next = queue.current.find((query) => !known.current.has(queryKey(query)));
      if (next === undefined) return;
      const key = queryKey(next);
      known.current.add(key);
      running.current++;
      put(key, { state: 'asking' });
      void client.call('connect.route', next).then((result) => {
        running.current--;
        // A failure is not kept for ever: the same text is asked about again when it is typed again.
        if (!result.ok) known.current.delete(key);
        put(
          key,
          result.ok ? { state: 'known', route: result.value } : { state: 'failed', failure: result.error },
        );
        queue.current = queue.current.filter((query) => queryKey(query) !== key);
        if (!gone.current) pump();
      });
    }
  };
  return {
    answers,
    want: (queries) => {
      queue.current = queries;
      pump();
    },
  };
}

/** Tells `want` about the queries once they have not changed for a moment. */
export function useWanted(
  queries: readonly RouteQuery[],
  want: (queries: readonly RouteQuery[]) => void,
): void {
  const key = JSON.stringify(queries);
  const latest = useRef({ queries, want });
  useEffect(() => {
    latest.current = { queries, want };
  });
  useEffect(() => {
    const timer = setTimeout(() => {
      latest.current.want(latest.current.queries);
    }, debounceMs);
    return () => {
      clearTimeout(timer);
    };
  }, [key]);
}
