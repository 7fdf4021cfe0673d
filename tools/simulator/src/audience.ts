import type { Random } from './random';

/** How the number of people watching one session moves: a rise, a long middle, and a wobble, up to its own size. */
export class Crowd {
  private readonly size: number;
  private readonly riseMs: number;
  private wobble = 1;

  constructor(random: Random) {
    // Log-normal: most are small, a few are very large.
    this.size = Math.min(2_000_000, Math.exp(4 + 1.7 * random.normal()) * (random.chance(0.03) ? 200 : 1));
    this.riseMs = random.between(20_000, 240_000);
  }

  /** People watching after so many ms on air; `left`: the share of the planned time that is still to come. */
  count(random: Random, onAirMs: number, left: number): number {
    this.wobble = Math.min(1.25, Math.max(0.75, this.wobble + 0.02 * random.normal()));
    const rise = 1 - Math.exp(-onAirMs / this.riseMs);
    const fall = Math.min(1, 0.5 + 3 * Math.max(left, 0));
    return Math.round(this.size * (0.05 + 0.95 * rise) * fall * this.wobble);
  }
}
