import type { Position } from '#libs/contracts';
import type { Difference } from '#libs/session-store';

export const TOLD_PER_KIND = 20;

/** One comparison, and what came of it. */
export interface Check {
  name: string;
  /** How many things were compared. */
  compared: number;
  tookMs: number;
  /** How many things differ. */
  different: number;
  /** How many were changing at every look, so that nothing can be said of them. */
  moving: number;
  /** The first of each kind. */
  differences: Difference[];
}

/** What was not looked at. `failed`: it was to be, and could not be. */
export interface NotLooked {
  what: string;
  why: string;
  failed: boolean;
}

export interface Report {
  /** Where the projection was at the end; null: it was not looked at. */
  position: Position | null;
  tookMs: number;
  checks: Check[];
  notLooked: NotLooked[];
  /** What nobody can know any more, in words. */
  unknown: string[];
  /** What `--repair` did, in words; null: it was not asked for. */
  repaired: string[] | null;
}

/** 0: nothing differs, 1: something does, 2: something could not be looked at. */
export function exitCodeOf({ checks, notLooked }: Report): 0 | 1 | 2 {
  if (checks.some(({ different }) => different > 0)) return 1;
  return notLooked.some(({ failed }) => failed) ? 2 : 0;
}

/** Collects the differences of one check; keeps the first of each kind for people, and all ids for the repair. */
export class Finding {
  compared = 0;
  moving = 0;
  /** So many are kept for the repair; what is beyond is found when it verifies again. */
  static readonly KEPT = 20_000;
  readonly all: Difference[] = [];
  private readonly ofKind = new Map<string, number>();
  private readonly ids = new Set<string>();
  private readonly told: Difference[] = [];
  private beyond = 0;
  private readonly since = Date.now();

  constructor(readonly name: string) {}

  add(difference: Difference): void {
    const { kind, id } = difference;
    const known = this.ofKind.get(kind) ?? 0;
    this.ofKind.set(kind, known + 1);
    if (known < TOLD_PER_KIND) this.told.push(difference);
    if (this.all.length < Finding.KEPT) {
      this.all.push(difference);
      this.ids.add(`${kind} ${id}`);
    } else if (!this.ids.has(`${kind} ${id}`)) this.beyond += 1;
  }

  check(): Check {
    const { name, compared, moving, told } = this;
    const different = this.ids.size + this.beyond;
    return { name, compared, tookMs: Date.now() - this.since, different, moving, differences: told };
  }
}
