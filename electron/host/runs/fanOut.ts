/**
 * Goes over the members of a group: starts those whose turn it is and waits for their results, until there is nobody
 * left to start. Which members and when is decided by the fold; it only keeps the work going.
 */
import type { TargetName } from '../../contract/ids.ts';

export interface FanOutWork {
  /**
   * Members whose turn it is now, in order: those that are being sent to but have not begun come first and again, so
   * that they count.
   */
  readonly next: () => readonly TargetName[];
  /** Sends to one member; resolves when its result is on record. Must not reject. */
  readonly send: (member: TargetName) => Promise<void>;
}

/** Resolves when nothing is under way and nobody is to be started. Each member is sent to at most once. */
export async function fanOut(work: FanOutWork): Promise<void> {
  const under = new Map<TargetName, Promise<void>>();
  const sent = new Set<TargetName>();
  for (;;) {
    for (const member of work.next()) {
      if (sent.has(member)) continue;
      sent.add(member);
      under.set(
        member,
        work.send(member).finally(() => {
          under.delete(member);
        }),
      );
    }
    if (under.size === 0) return;
    await Promise.race(under.values());
  }
}
