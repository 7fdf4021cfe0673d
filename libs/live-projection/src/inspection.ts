import type { Position } from '#libs/contracts';

export type Loss = 'emptied' | 'restarted' | 'damaged';

/** What one look at Redis showed. */
export interface Inspection {
  /** Why a rebuild is due; null when all is well. */
  lost: string | null;
  /** The same in one word. */
  loss: Loss | null;
  position: Position | null;
  sessions: number;
  /** The epoch that is being loaded. */
  building: number | null;
  /** Nobody is loading it any more: the lock has lapsed. */
  abandoned: boolean;
}

export type Facts = ReadonlyMap<string, string>;

const COUNTED = { sessions: 'count', counts: 'counts', rooms: 'rooms', hosts: 'hosts', presets: 'presets' };
const TYPES = {
  sessions: 'hash',
  counts: 'hash',
  rooms: 'hash',
  hosts: 'hash',
  presets: 'hash',
  removed: 'hash',
  'removed-at': 'zset',
  log: 'stream',
};

/** Judges names and values in turn, as the script LOOK gives them. */
export function inspectionOf(told: readonly string[]): Inspection {
  const facts: Facts = new Map(told.flatMap((name, at) => (at % 2 === 0 ? [[name, told[at + 1] ?? '']] : [])));
  const [epoch, seq] = [numberOf(facts, 'meta.epoch'), numberOf(facts, 'meta.seq')];
  const building = numberOf(facts, 'meta.building');
  const [loss, lost] = lossOf(facts) ?? [null, null];
  return {
    loss,
    lost,
    position: epoch === null || seq === null ? null : { epoch, seq },
    sessions: numberOf(facts, 'size.sessions') ?? 0,
    building,
    abandoned: building !== null && Number(facts.get('lock')) < 0,
  };
}

function lossOf(facts: Facts): [Loss, string] | null {
  if (facts.get('type.meta') === 'none') return ['emptied', 'it was never built, or emptied'];
  const damage = wrongMeta(facts);
  if (damage !== null) return ['damaged', damage];
  if (facts.get('meta.run_id') !== facts.get('run_id')) return ['restarted', 'Redis was restarted'];
  const more = wrongType(facts) ?? wrongSize(facts) ?? wrongLog(facts);
  return more === null ? null : ['damaged', more];
}

function wrongMeta(facts: Facts): string | null {
  if (facts.get('type.meta') !== 'hash') return `its meta is a ${facts.get('type.meta')}`;
  if (facts.get('meta.ready') !== '1') return 'it was never built to its end';
  return numberOf(facts, 'meta.epoch') === null ? 'its meta has no epoch' : null;
}

function wrongType(facts: Facts): string | null {
  for (const [name, type] of Object.entries(TYPES)) {
    const found = facts.get(`type.${name}`);
    if (found !== type && found !== 'none') return `its ${name} are a ${found}`;
  }
  return null;
}

function wrongSize(facts: Facts): string | null {
  for (const [name, field] of Object.entries(COUNTED)) {
    const [said, size] = [numberOf(facts, `meta.${field}`), numberOf(facts, `size.${name}`) ?? 0];
    if (said !== size) return `it should hold ${said ?? 'some'} ${name} and holds ${size}`;
  }
  return null;
}

/** The log ends with the position: neither was it cut off nor is the position an older one. */
function wrongLog(facts: Facts): string | null {
  const seq = numberOf(facts, 'meta.seq');
  if (seq === null) return 'its meta has no seq';
  const last = facts.get('last')?.split('-')[0] ?? '0';
  return Number(last) === seq ? null : `its log ends at ${last} instead of ${seq}`;
}

function numberOf(facts: Facts, name: string): number | null {
  const text = facts.get(name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
