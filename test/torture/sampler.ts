import { readFileSync } from 'node:fs';
import type { App } from './cluster/cluster';
import type { KafkaWitness } from './oracle/kafka-log';
import type { ProjectionWitness } from './oracle/projection-witness';
import type { RecordWitness } from './oracle/record-witness';

interface Watched {
  lifecycles: readonly App[];
  query: App;
  kafka: KafkaWitness;
  record: RecordWitness;
  projection: ProjectionWitness;
  prefix: string;
}

const SAMPLE_EVERY_MS = 1000;
const SILENT_SECONDS = 30;
/** A listing of everything is dear: versions are looked at now and then. */
const VERSIONS_EVERY = 4;

/** Looks all the time, whatever is broken: what cannot be asked at the moment is asked the next time. */
export class Sampler {
  readonly against = { versions: [] as string[], offsets: [] as string[], silence: [] as string[] };
  readonly looked = { versions: 0, offsets: 0, silence: 0 };
  maxRssMb = 0;
  maxConnections = 0;
  private readonly seen = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private sampling: Promise<unknown> | undefined;
  private rounds = 0;

  constructor(private readonly watched: Watched) {}

  start(): void {
    this.timer = setInterval(() => {
      this.sampling ??= this.sample().finally(() => {
        this.sampling = undefined;
      });
    }, SAMPLE_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sampling;
  }

  private async sample(): Promise<void> {
    const wantsVersions = this.rounds++ % VERSIONS_EVERY === 0;
    await Promise.allSettled([
      this.offsets(),
      this.silence(),
      ...(wantsVersions ? [this.projected(), this.recorded(), this.answered()] : []),
    ]);
    for (const { server } of this.watched.lifecycles) this.maxRssMb = Math.max(this.maxRssMb, rssMb(server.pid));
  }

  /** I7: committed ≤ progress ≤ high watermark. Each is read before what it must not exceed. */
  private async offsets(): Promise<void> {
    const { kafka, record, prefix } = this.watched;
    const committed = await kafka.committed();
    const progress = await record.progress(prefix);
    const high = await kafka.highWatermarks();
    this.looked.offsets++;
    for (const [place, offset] of committed) {
      if (offset > (progress.get(place) ?? 0n))
        this.against.offsets.push(`${place}: committed ${offset}, recorded ${progress.get(place)}`);
    }
    for (const [place, offset] of progress) {
      if (offset > (high.get(place) ?? 0n))
        this.against.offsets.push(`${place}: recorded ${offset}, Kafka has ${high.get(place)}`);
    }
    this.maxConnections = Math.max(this.maxConnections, await record.connections());
  }

  /** I22: who says that it is ready has heard of Kafka. */
  private async silence(): Promise<void> {
    for (const { name, operationsUrl: url } of this.watched.lifecycles) {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      if (!answer) continue;
      const metrics = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      const silent = Math.max(
        0,
        ...[...((await metrics?.text()) ?? '').matchAll(/^marquee_consumer_silent_seconds\{[^}]*\} ([\d.]+)$/gm)].map(
          ([, value]) => Number(value),
        ),
      );
      this.looked.silence++;
      if (answer.ok && silent > SILENT_SECONDS + 3)
        this.against.silence.push(`${name} was ready after ${silent} s of silence`);
    }
  }

  private async projected(): Promise<void> {
    const { sessions, trusted } = await this.watched.projection.read();
    if (trusted) for (const [id, { version }] of sessions) this.see('Redis', id, version);
  }

  private async recorded(): Promise<void> {
    for (const [id, { version }] of await this.watched.record.sessions()) this.see('Postgres', id, version);
  }

  private async answered(): Promise<void> {
    const url = `${this.watched.query.url}/sessions/live?limit=100`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
    if (!answer.ok) return;
    const { data } = (await answer.json()) as { data: { sessions: { id: string; version: number }[] } };
    for (const { id, version } of data.sessions) this.see('REST', id, version);
  }

  /** I6: no observer sees a version fall. */
  private see(observer: string, id: string, version: number): void {
    const key = `${observer} ${id}`;
    const before = this.seen.get(key) ?? 0;
    this.looked.versions++;
    if (version < before) this.against.versions.push(`${observer}: ${id} fell from ${before} to ${version}`);
    this.seen.set(key, Math.max(before, version));
  }
}

function rssMb(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1024);
  } catch {
    return 0;
  }
}
