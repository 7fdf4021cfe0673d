/** Places are compared with those of so long ago. */
const COMPARED_MS = 20_000;
const EVERY_MS = 2000;
const NONE: ReadonlyMap<string, number> = new Map();

interface Noted {
  at: number;
  places: ReadonlyMap<string, number>;
}

/** How far sessions have moved in a list: places gained since a while ago; below nought, lost. */
export class Places {
  private readonly noted: Noted[] = [];

  /** Notes the present order, at most every other second. Gives who has moved, and how far. */
  moved(ids: readonly string[], now: number): ReadonlyMap<string, number> {
    const places = new Map(ids.map((id, place) => [id, place]));
    const last = this.noted.at(-1);
    if (!last || now - last.at >= EVERY_MS) this.noted.push({ at: now, places });
    while (this.noted[1] && now - this.noted[1].at >= COMPARED_MS) this.noted.shift();
    const before = this.noted[0]?.places ?? NONE;
    const moves = new Map<string, number>();
    for (const [id, place] of places) {
      const then = before.get(id);
      if (then !== undefined && then !== place) moves.set(id, then - place);
    }
    return moves;
  }

  /** Another list: what was noted says nothing of it. */
  clear(): void {
    this.noted.length = 0;
  }
}
