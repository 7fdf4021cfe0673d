import { setTimeout as wait } from 'node:timers/promises';
import { FAULTS, type Field } from './faults';

export interface Struck {
  kind: string;
  detail: string;
  /** Epoch ms. */
  at: number;
  mendedAt: number;
  /** From the mending until all that Kafka had then was taken; null: not within the limit. */
  recoveryMs: number | null;
}

export interface NemesisOptions {
  field: Field;
  /** Only these; all when empty. */
  kinds: readonly string[];
  /** None of these. */
  without: readonly string[];
  until: number;
  /** How long all that Kafka has may take to be taken after a fault, ms. */
  recoveryLimit: number;
  /** Resolves when everything that Kafka has now is taken; rejects at the deadline, which may move. */
  recovered: (deadline: () => number) => Promise<void>;
  tell: (struck: Struck) => void;
}

const PAUSE_MS = [2000, 8000] as const;

/** Strikes one fault after the other, now and then two at once: the kinds and their order follow from the seed. */
export async function haunt(options: NemesisOptions): Promise<Struck[]> {
  const { field, kinds, without, until, recoveryLimit, recovered, tell } = options;
  const { random } = field;
  const chosen = Object.entries(FAULTS).filter(
    ([name]) => (kinds.length === 0 || kinds.includes(name)) && !without.includes(name),
  );
  if (chosen.length === 0) {
    await wait(until - Date.now());
    return [];
  }
  const struck: Struck[] = [];
  let [away, backAt] = [0, 0];
  const strike = async (kind: string) => {
    const at = Date.now();
    const takesAway = FAULTS[kind]?.takesAway === true;
    if (takesAway) away += 1;
    const detail = await FAULTS[kind]?.strike(field).catch((error: unknown) => `failed: ${String(error)}`);
    const mendedAt = Date.now();
    if (takesAway) [away, backAt] = [away - 1, mendedAt];
    const deadline = () => (away > 0 ? Infinity : Math.max(mendedAt, backAt) + recoveryLimit);
    const recoveryMs = await recovered(deadline).then(
      () => Date.now() - mendedAt,
      () => null,
    );
    const one = { kind, detail: detail ?? '', at, mendedAt, recoveryMs };
    struck.push(one);
    tell(one);
  };
  const underWay = new Set<Promise<void>>();
  while (Date.now() < until) {
    await wait(random.integer(...PAUSE_MS));
    const first = strike(pick(chosen, random.next()));
    const second = random.chance(0.15) ? strike(pick(chosen, random.next())) : Promise.resolve();
    for (const one of [first, second]) void underWay.add(one.finally(() => underWay.delete(one)));
    // A fault that takes long does not keep the others waiting.
    await Promise.race([Promise.all([first, second]), wait(random.integer(...PAUSE_MS))]);
  }
  await Promise.all(underWay);
  return struck;
}

function pick(from: readonly [string, { weight: number }][], roll: number): string {
  let left = roll * from.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [name, { weight }] of from) {
    left -= weight;
    if (left <= 0) return name;
  }
  return from[0]?.[0] ?? '';
}
