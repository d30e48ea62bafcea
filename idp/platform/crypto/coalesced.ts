// Many calls, one run at a time.

/**
 * `run` works now, or once more after the run in progress: a change heard while reading must be read too. `stop`
 * waits for the run in progress and prevents all others.
 */
export function coalesced(
  work: () => Promise<void>,
  onError: (error: Error) => void,
): { run: () => void; stop: () => Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const untilQuiet = async (): Promise<void> => {
    while (again) {
      again = false;
      try {
        await work();
      } catch (failure) {
        onError(failure instanceof Error ? failure : new Error(String(failure)));
      }
    }
    running = undefined;
  };
  return {
    run() {
      again = !stopped;
      running ??= untilQuiet();
    },
    async stop() {
      stopped = true;
      again = false;
      await running;
    },
  };
}
