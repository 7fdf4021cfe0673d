import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { Opened } from './opened';

const PAGES: Readonly<Record<string, string>> = { n: '/', s: '/schedule', h: '/how', o: '/ops' };
/** A second key within this belongs to the `g` before it. */
const TOGETHER_MS = 1000;

/** The keys that work on every page. None is taken from a field that is written in. */
export function useShortcuts(open: (opened: Opened) => void): void {
  const [, go] = useLocation();
  useEffect(() => {
    let pressedG = -Infinity;
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open('finder');
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target)) return;
      const page = event.timeStamp - pressedG < TOGETHER_MS ? PAGES[event.key] : undefined;
      pressedG = event.key === 'g' ? event.timeStamp : -Infinity;
      if (page !== undefined) go(page);
      else if (event.key === '?') open('keys');
      else if (event.key === '/') {
        event.preventDefault();
        const field = document.querySelector<HTMLInputElement>('[data-search]');
        if (field) field.focus();
        else open('finder');
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [go, open]);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
