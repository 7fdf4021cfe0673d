import { useSyncExternalStore } from 'react';

const PLACE = 'marquee:key';
const lookers = new Set<() => void>();
let key = kept();

function kept(): string | null {
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/** The key that requests of this tab are sent with; null: as the public. It is forgotten with the tab. */
export function apiKey(): string | null {
  return key;
}

export function setApiKey(given: string | null): void {
  key = given;
  try {
    if (given === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, given);
  } catch {
    // Without storage it lasts until the page is left.
  }
  for (const looker of lookers) looker();
}

export function useApiKey(): string | null {
  return useSyncExternalStore((looker) => {
    lookers.add(looker);
    return () => lookers.delete(looker);
  }, apiKey);
}
