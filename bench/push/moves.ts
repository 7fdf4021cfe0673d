/** Something that moves while others watch. */
export interface Moves {
  begin: () => void;
  /** Resolves when the last move was made. */
  end: () => Promise<void>;
}

/** Moves again and again, every so many ms; what takes longer is caught up with. */
export function every(ms: number, move: () => Promise<void>): Moves {
  const over = new AbortController();
  let moves = Promise.resolve();
  const run = async () => {
    const startedAt = performance.now();
    for (let step = 1; !over.signal.aborted; step += 1) {
      await move();
      const aheadMs = startedAt + step * ms - performance.now();
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    }
  };
  return {
    begin: () => {
      moves = run();
    },
    end: async () => {
      over.abort();
      await moves;
    },
  };
}
