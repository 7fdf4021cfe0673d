import { useSyncExternalStore } from 'react';
import { keyFault } from './key-fault';

const PLACE = 'marquee:key';
const lookers = new Set<() => void>();
let key = kept();
/** Somebody who was asked with it said that there is no such key. */
let isUnknown = false;

function kept(): string | null {
  try {
    const given = sessionStorage.getItem(PLACE);
    return given !== null && keyFault(given) === undefined ? given : null;
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
  isUnknown = false;
  try {
    if (given === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, given);
  } catch {
    // Without storage it lasts until the page is left.
  }
  tell();
}

/** A key was answered with 401. */
export function noteUnknownKey(asked: string): void {
  if (isUnknown || asked !== key) return;
  isUnknown = true;
  tell();
}

export function useApiKey(): string | null {
  return useSyncExternalStore(subscribe, apiKey);
}

export function useIsKeyUnknown(): boolean {
  return useSyncExternalStore(subscribe, () => isUnknown);
}

function tell(): void {
  for (const looker of lookers) looker();
}

function subscribe(looker: () => void): () => void {
  lookers.add(looker);
  return () => lookers.delete(looker);
}
