/** Calls what belongs to the application: what it throws is reported as uncaught, and stops nobody here. */
export function callOut(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
