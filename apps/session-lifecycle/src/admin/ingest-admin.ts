import { Injectable } from '@nestjs/common';
import type {
  IngestAnswer,
  QuarantineQuery,
  QuarantinedJson,
  QuarantinedWhole,
  ReplayAnswer,
  ReplayBody,
  ReplayedRangeAnswer,
} from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import { Quarantine, QuarantineRanges, TopicPauses, shownRange, shownRow, shownWhole } from '#libs/session-store';
import { Auditor } from '../audit/auditor';
import { TopicNames } from '../kafka/topic-names';
import { RangeReplay } from './range-replay';
import { Replay } from './replay';
import { shownGap, shownPartition, shownPause } from './shown-ingest';

interface QuarantinePage {
  rows: QuarantinedJson[];
  total: number;
  next_after: string | null;
}

/** What a person may ask of the ingest, and tell it. */
@Injectable()
export class IngestAdmin {
  constructor(
    private readonly names: TopicNames,
    private readonly quarantine: Quarantine,
    private readonly ranges: QuarantineRanges,
    private readonly pauses: TopicPauses,
    private readonly auditor: Auditor,
    private readonly rowReplay: Replay,
    private readonly rangeReplay: RangeReplay,
  ) {}

  async list({ limit, after, ...filter }: QuarantineQuery): Promise<QuarantinePage> {
    const rows = await this.quarantine.list({ ...filter, after }, limit + 1);
    const page = rows.slice(0, limit);
    return {
      rows: page.map(shownRow),
      total: await this.quarantine.count(filter),
      next_after: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  async show(id: string): Promise<QuarantinedWhole> {
    const row = await this.quarantine.get(id);
    if (!row) throw noRow(id);
    return shownWhole(row);
  }

  /** Replays in the order of arrival; one that still cannot be taken holds up no other. */
  async replay({ ids, limit, after, ...selection }: ReplayBody): Promise<ReplayAnswer['data']> {
    const filter = ids ? { ids, after } : { ...selection, after, state: 'open' as const };
    const rows = await this.quarantine.list(filter, limit + 1);
    const page = rows.slice(0, limit);
    const replayed: string[] = [];
    const still: ReplayAnswer['data']['still'] = [];
    for (const { id } of page) {
      const row = await this.quarantine.get(id);
      if (!row) continue;
      const bad = await this.rowReplay.run(row);
      if (bad) still.push({ id: row.id, ...bad });
      else replayed.push(row.id);
    }
    const next = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
    const unknown = after === undefined && ids ? await this.quarantine.unknown(ids) : [];
    return { replayed, still, unknown, next_after: next };
  }

  async discard(id: string, why: string): Promise<string> {
    if (await this.quarantine.discard(id, why)) return `row ${id} is discarded`;
    throw new Refusal(404, 'not_found', `there is no open row ${id} in quarantine`);
  }

  /** Reads the messages of a range from Kafka again, as long as it has them. */
  async replayRange(id: string): Promise<ReplayedRangeAnswer['data']> {
    const range = await this.ranges.get(id);
    if (!range) throw new Refusal(404, 'not_found', `there is no range ${id} beyond the quarantine`);
    return this.rangeReplay.run(range);
  }

  async discardRange(id: string, why: string): Promise<string> {
    if (await this.ranges.discard(id, why)) return `range ${id} is discarded`;
    throw new Refusal(404, 'not_found', `there is no open range ${id} beyond the quarantine`);
  }

  async resume(topic: string, minutes: number): Promise<string> {
    if (await this.pauses.resume(topic, minutes * 60_000)) {
      return `${topic} goes on; what comes within ${minutes} min is taken, however much of it is unreadable`;
    }
    throw new Refusal(404, 'not_found', `the topic ${topic} does not stand still`);
  }

  async status(): Promise<IngestAnswer['data']> {
    const { auditor, pauses, ranges } = this;
    const topics = this.names.all();
    const open = await this.quarantine.open(topics);
    return {
      partitions: (await auditor.partitions()).map(shownPartition),
      gaps: (await auditor.gaps()).map(shownGap),
      pauses: (await pauses.all(topics)).map(shownPause),
      quarantine: open.map(({ topic, reason, count }) => ({ topic, reason, open: count })),
      quarantine_ranges: (await ranges.open(topics)).map(shownRange),
    };
  }
}

function noRow(id: string): Refusal {
  return new Refusal(404, 'not_found', `there is no row ${id} in quarantine`);
}
