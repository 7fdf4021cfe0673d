import { type Answered, NOTHING, heldAfter } from '../api/answered';
import { keepAsking } from '../api/keep-asking';
import { askRest } from '../api/rest';
import type { Stats } from '../sdk';

const EVERY_MS = 3000;

/** The numbers of REST, asked every few seconds while somebody looks at them and the page is seen; once for all who do. */
export class StatsOfPage {
  private readonly lookers = new Set<() => void>();
  private answered: Answered<Stats> = NOTHING;
  private end = () => {};

  readonly read = (): Answered<Stats> => this.answered;

  readonly subscribe = (looker: () => void): (() => void) => {
    if (this.lookers.size === 0) this.begin();
    this.lookers.add(looker);
    return () => {
      this.lookers.delete(looker);
      if (this.lookers.size === 0) this.end();
    };
  };

  private begin(): void {
    // As the public: they are the same for everybody, and a key that is refused does not take them away.
    const ask = (signal: AbortSignal) => askRest<Stats>('/sessions/stats', { signal, key: null });
    this.end = keepAsking(ask, EVERY_MS, (answer) => {
      this.answered = heldAfter(this.answered, answer);
      for (const looker of this.lookers) looker();
    });
  }
}

/** Of this page. */
export const stats = new StatsOfPage();
