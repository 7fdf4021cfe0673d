/** The page around the client, where there is one: whether it is hidden, and whether the network is back. */
export interface Page {
  readonly isHidden: boolean;
  /** Calls when the network is back, and when the page is shown or hidden. Gives what ends that. */
  onChange(heard: () => void): () => void;
}

interface Target {
  addEventListener?(event: string, heard: () => void): void;
  removeEventListener?(event: string, heard: () => void): void;
}

interface Surroundings extends Target {
  document?: Target & { visibilityState?: string };
}

/** The page of a browser; elsewhere nothing is ever hidden, and nothing is heard. */
export function pageAround(around: Surroundings = globalThis as Surroundings): Page {
  return {
    get isHidden() {
      return around.document?.visibilityState === 'hidden';
    },
    onChange(heard) {
      const { document } = around;
      around.addEventListener?.('online', heard);
      document?.addEventListener?.('visibilitychange', heard);
      return () => {
        around.removeEventListener?.('online', heard);
        document?.removeEventListener?.('visibilitychange', heard);
      };
    },
  };
}
