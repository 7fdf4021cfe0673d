import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import type { SessionFact } from '#libs/session';
import type { DataSource } from 'typeorm';
import type { SessionStore } from '../src';
import { ComparedRecord, type LastTold } from './compared-record';
import { PARTITIONS, type Step } from './record-cases';

const TOPIC = 't.sessions';

interface Shown {
  id: string;
  version: string;
  content: string;
}

/** The record in Postgres, beside a memory of all that was said to it. */
export class RecordModel {
  private readonly ids = new Map<string, string>();
  private readonly said: SessionFact[] = [];
  private readonly offsets = [0, 0];
  private readonly projection = new Map<string, LastTold>();
  private turn = 0;

  /** The stores take turns. */
  constructor(
    private readonly source: DataSource,
    private readonly stores: readonly SessionStore[],
  ) {}

  /** Does all steps. Gives what is wrong after the one that went wrong first; empty: nothing. */
  async run({ steps, last }: { steps: Step[]; last: number }): Promise<string[]> {
    await this.begin();
    for (const step of steps) {
      const before = await this.shown();
      if (step.kind === 'slice') await this.slice(step.events, step.again);
      else await this.look(step.watermark);
      const wrong = versionsWrong(before, await this.shown());
      if (wrong.length > 0) return wrong;
    }
    return this.wrong(last);
  }

  /**
   * The same by several processes at once: the slices of each partition one after the other, beside those of the other and
   * beside the looks.
   */
  async runAtOnce({ steps, last }: { steps: Step[]; last: number }): Promise<string[]> {
    await this.begin();
    const ways = Map.groupBy(steps.slice(0, -1), (step) =>
      step.kind === 'look' ? 'looks' : PARTITIONS[step.events[0]?.subject ?? ''],
    );
    await Promise.all(
      [...ways.values()].map(async (way) => {
        for (const step of way) {
          if (step.kind === 'slice') await this.slice(step.events, step.again);
          else this.project((await this.store().checkDue(step.watermark)).changes);
        }
      }),
    );
    await this.look(last);
    return this.wrong(last);
  }

  private async begin(): Promise<void> {
    const tables = ['sessions', 'session_folds', 'session_signals', 'room_claims', 'event_inbox', 'session_log'];
    for (const table of [...tables, 'ingest_progress']) await this.source.query(`DELETE FROM ${table}`);
    await this.source.query(
      `INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, 0, 0), ($1, 1, 0)`,
      [TOPIC],
    );
  }

  private store(): SessionStore {
    this.turn += 1;
    return this.stores[this.turn % this.stores.length] as SessionStore;
  }

  private async slice(events: readonly SessionFact[], again: boolean): Promise<void> {
    const partition = PARTITIONS[events[0]?.subject ?? ''] ?? 0;
    const from = this.offsets[partition] ?? 0;
    const facts = events.map((fact) => this.named(fact));
    this.offsets[partition] = from + facts.length;
    this.said.push(...facts);
    const toRecord = facts.map((fact, n) => ({
      event: { micros: 0, ...fact },
      fact,
      at: fact.at,
      brokerTime: fact.brokerTime,
      origin: {
        place: { topic: TOPIC, partition, offset: String(from + n) },
        record: { key: null, value: Buffer.from(JSON.stringify(fact)), headers: {}, timestamp: fact.brokerTime },
      },
    }));
    const nextOffset = String(from + facts.length);
    const progress = { topic: TOPIC, partition, fromOffset: String(from), nextOffset, brokerTime: null };
    for (let times = again ? 2 : 1; times > 0; times -= 1) {
      this.project((await this.store().recordSessionSlice(toRecord, { bad: [], progress })).changes);
    }
  }

  private async look(watermark: number): Promise<void> {
    const due = async () =>
      (await this.source.query(`SELECT 1 FROM session_signals WHERE due < $1`, [new Date(watermark)])) as unknown[];
    for (let looks = 0; (await due()).length > 0; looks++) {
      if (looks > 10) throw new Error(`after ${looks} looks sessions are still due`);
      this.project((await this.store().checkDue(watermark, { limit: 2 })).changes);
    }
  }

  private project(changes: readonly ProjectionChange[]): void {
    for (const change of changes) {
      if ((this.projection.get(change.id)?.version ?? -1) < change.version)
        this.projection.set(change.id, { version: change.version, change });
    }
  }

  /** The names of `facts` become ids that the record can hold; a room may have the id of a session. */
  private named(fact: SessionFact): SessionFact {
    const idOf = (name: string) => {
      const id = this.ids.get(name) ?? randomUUID();
      this.ids.set(name, id);
      return id;
    };
    const { data } = fact;
    const room = data && 'room_id' in data && data.room_id ? { room_id: idOf(data.room_id) } : {};
    return { ...fact, subject: idOf(fact.subject), data: data && { ...data, ...room } } as SessionFact;
  }

  private async shown(): Promise<Map<string, Shown>> {
    const rows = (await this.source.query(
      `SELECT id, version, (to_jsonb(s) - 'version')::text AS content FROM sessions s`,
    )) as Shown[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  private wrong(watermark: number): Promise<string[]> {
    return new ComparedRecord(this.source, this.said, this.projection).differences(watermark);
  }
}

/** A version grows by one where the content is another, and nowhere else. */
function versionsWrong(before: Map<string, Shown>, after: Map<string, Shown>): string[] {
  return [...after.values()].flatMap(({ id, version, content }) => {
    const then = before.get(id);
    if (!then) return [];
    const grown = Number(version) - Number(then.version);
    // A slice that is delivered twice changes nothing the second time.
    return grown === (then.content === content ? 0 : 1) ? [] : [`${id}: version ${then.version} became ${version}`];
  });
}
