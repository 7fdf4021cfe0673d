import { useSyncExternalStore } from 'react';
import { serverNow } from '../api/settings';

const lookers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let second = 0;

function subscribe(looker: () => void): () => void {
  lookers.add(looker);
  timer ??= setInterval(tick, 1000);
  return () => {
    lookers.delete(looker);
    if (lookers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  second = Math.floor(serverNow() / 1000);
  for (const looker of lookers) looker();
}

/** Unix seconds by the server's clock; all who look hear each second at once. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second || (second = Math.floor(serverNow() / 1000)));
}
