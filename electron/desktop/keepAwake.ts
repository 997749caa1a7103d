/** Keeps the machine from sleeping while a run is open: a suspended laptop drops its connections. The screen may lock. */
import type { PowerSaveBlocker } from 'electron';

/** Returns the switch. Turning it on or off twice is the same as once. */
export function createKeepAwake(blocker: PowerSaveBlocker): (awake: boolean) => void {
  let id: number | null = null;
  return (awake) => {
    if (awake && id === null) id = blocker.start('prevent-app-suspension');
    if (!awake && id !== null) {
      blocker.stop(id);
      id = null;
    }
  };
}
