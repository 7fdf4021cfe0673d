import { askRest } from '../api/rest';
import type { Stats } from '../sdk';

const EVERY_MS = 3000;

/** The numbers of REST, asked every few seconds while somebody looks at them and the page is seen; once for all who do. */
export class StatsOfPage {
  private readonly lookers = new Set<() => void>();
  private known: Stats | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  readonly read = (): Stats | undefined => this.known;

  readonly subscribe = (looker: () => void): (() => void) => {
    if (this.lookers.size === 0) this.begin();
    this.lookers.add(looker);
    return () => {
      this.lookers.delete(looker);
      if (this.lookers.size === 0) this.end();
    };
  };

  private begin(): void {
    this.ask();
    this.timer = setInterval(this.ask, EVERY_MS);
    document.addEventListener('visibilitychange', this.ask);
  }

  private end(): void {
    clearInterval(this.timer);
    document.removeEventListener('visibilitychange', this.ask);
  }

  private readonly ask = (): void => {
    if (document.visibilityState !== 'hidden') void this.load();
  };

  private async load(): Promise<void> {
    const answer = await askRest<Stats>('/sessions/stats');
    if (!answer.ok) return;
    this.known = answer.data;
    for (const looker of this.lookers) looker();
  }
}

/** Of this page. */
export const stats = new StatsOfPage();
