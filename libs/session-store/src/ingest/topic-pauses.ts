import type { DataSource } from 'typeorm';

/** A topic that stands still, or did until a person resumed it; epoch ms. */
export interface TopicPause {
  topic: string;
  why: string;
  since: number;
  /** Until when it is not paused again; null: it stands still. */
  resumedUntil: number | null;
}

/** Which topics stand still for all processes until a person says otherwise. */
export class TopicPauses {
  constructor(private readonly source: DataSource) {}

  async all(topics: readonly string[]): Promise<TopicPause[]> {
    const rows = (await this.source.query(
      `SELECT topic, why, since, resumed_until FROM topic_pauses WHERE topic = ANY($1) ORDER BY topic`,
      [topics],
    )) as { topic: string; why: string; since: Date; resumed_until: Date | null }[];
    return rows.map(({ topic, why, since, resumed_until: until }) => ({
      topic,
      why,
      since: since.getTime(),
      resumedUntil: until?.getTime() ?? null,
    }));
  }

  /** Nothing where it stands still already, or was resumed for a time that is not over. */
  async pause(topic: string, why: string): Promise<void> {
    await this.source.query(
      `INSERT INTO topic_pauses AS p (topic, why) VALUES ($1, $2)
       ON CONFLICT (topic) DO UPDATE SET why = excluded.why, since = excluded.since, resumed_until = NULL
       WHERE p.resumed_until < now()`,
      [topic, why],
    );
  }

  /** Lets it go on, and whatever comes within `forMs` is taken. False: it does not stand still. */
  async resume(topic: string, forMs: number): Promise<boolean> {
    const [, resumed] = (await this.source.query(
      `UPDATE topic_pauses SET resumed_until = now() + $2 * interval '1 millisecond'
       WHERE topic = $1 AND resumed_until IS NULL`,
      [topic, forMs],
    )) as [unknown[], number];
    return resumed === 1;
  }
}
