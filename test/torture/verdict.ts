/** What became of one invariant in one run. */
export interface Verdict {
  id: string;
  says: string;
  state: 'holds' | 'broken' | 'not yet' | 'elsewhere';
  /** How many things were looked at, in words. */
  looked: string;
  /** The first few that contradict it. */
  against: string[];
  contradictions: number;
}

const KEPT = 8;

/** It holds if nothing speaks against it. */
export function judge(id: string, says: string, looked: string, against: readonly string[]): Verdict {
  const state = against.length === 0 ? 'holds' : 'broken';
  return { id, says, state, looked, against: against.slice(0, KEPT), contradictions: against.length };
}

export function unjudged(id: string, says: string, state: 'not yet' | 'elsewhere', why: string): Verdict {
  return { id, says, state, looked: why, against: [], contradictions: 0 };
}
