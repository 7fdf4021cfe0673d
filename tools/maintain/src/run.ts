import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Leaving, MaintenancePost, letLeave } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import { type TablePlan, planText } from './texts';

/** Longer than any step takes. */
const HELD_FOR_MS = 30_000;

export interface Run {
  source: DataSource;
  leaving: readonly Leaving[];
  json: boolean;
  signal: AbortSignal;
  /** Takes whole lines. */
  write: (text: string) => void;
}

/** Shows what would leave; changes nothing. */
export async function showPlan({ source, leaving, json, write }: Run): Promise<void> {
  const now = await watermarkOf(source);
  const tables: TablePlan[] = [];
  for (const one of leaving) {
    const { table } = one;
    tables.push({ table, oldestMs: await one.oldest(source, now), plans: await one.plan(source, now) });
  }
  write(json ? tables.map((table) => `${JSON.stringify(table)}\n`).join('') : planText(tables, now));
}

/** Takes away what is old, and says of each table how far that is. Gives whether all of it left. */
export async function takeAwayNow(run: Run): Promise<boolean> {
  const { source, leaving, signal } = run;
  const now = await watermarkOf(source);
  const post = new MaintenancePost(source, `npm run maintain ${hostname()} ${process.pid} ${randomUUID()}`);
  if ((await post.hold(HELD_FOR_MS)) === null) {
    const { holder } = await MaintenancePost.look(source);
    throw new Error(
      `${holder ?? 'somebody'} is taking away what is old at this moment, as it does by itself: stop it, or leave it to it`,
    );
  }
  try {
    let allLeft = true;
    for (const one of leaving) if (!signal.aborted) allLeft = (await takeTurn(one, now, post, run)) && allLeft;
    return allLeft && !signal.aborted;
  } finally {
    await post.leave().catch(() => undefined);
  }
}

/** A table that fails does not keep the others. */
async function takeTurn(one: Leaving, now: number, post: MaintenancePost, run: Run): Promise<boolean> {
  const { source, json, signal, write } = run;
  const { table } = one;
  let rows = 0;
  const tell = (did: string) =>
    write(json ? `${JSON.stringify({ table, rows, did })}\n` : `${table}: ${did}, ${rows} rows so far\n`);
  try {
    const left = await letLeave(one, source, now, {
      forMs: Infinity,
      signal,
      goesOn: async () => (await post.hold(HELD_FOR_MS)) !== null,
      onStep(step) {
        rows += step.rows;
        if (step.did !== null) tell(step.did);
      },
    });
    tell(left === 'all-left' ? 'done' : 'stopped before all had left; call it again to go on');
    return left === 'all-left';
  } catch (error) {
    tell(`failed: ${whatHelps(error)}`);
    return false;
  }
}

function whatHelps(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  if (code !== '55P03') return message;
  return 'somebody holds a lock on it, as a dump or a long query does (see pg_stat_activity); call it again when that is over';
}

/** By it age is told, never by a clock. */
async function watermarkOf(source: DataSource): Promise<number> {
  const { watermark } = await MaintenancePost.look(source);
  if (watermark !== null) return watermark;
  throw new Error(
    'nobody knows yet how old something is: let session-lifecycle run on this database for some minutes, until it has read what lies in Kafka',
  );
}
