export type Theme = 'dark' | 'light';

const GROUNDS: Record<Theme, string> = { dark: '#0a0b0d', light: '#f6f6f4' };

export function theme(): Theme {
  return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
}

/** Kept for the next visit; `theme.js` reads it before the first paint. */
export function chooseTheme(chosen: Theme): void {
  document.documentElement.dataset['theme'] = chosen;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', GROUNDS[chosen]);
  try {
    localStorage.setItem('marquee:theme', chosen);
  } catch {
    // Without storage it holds for this visit.
  }
}
