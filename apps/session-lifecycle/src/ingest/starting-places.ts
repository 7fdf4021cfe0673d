import { Injectable } from '@nestjs/common';
import type { TopicName } from '#libs/contracts';
import { LogBounds, type StartingPlace } from '#libs/event-log';
import { IngestProgress, ProjectionEpochs } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { TopicNames } from '../kafka/topic-names';
import { noteGap } from './note-gap';
import { startingPlace } from './starting-place';

/** Where consumers begin: asks Kafka and the record, and believes neither alone. */
@Injectable()
export class StartingPlaces {
  constructor(
    private readonly names: TopicNames,
    private readonly bounds: LogBounds,
    private readonly progress: IngestProgress,
    private readonly epochs: ProjectionEpochs,
    private readonly log: PinoLogger,
  ) {}

  /** Where a consumer begins with the partitions that it was given; what is out of order is written down. */
  async of(topic: TopicName, partitions: number[]): Promise<StartingPlace[]> {
    const { names, progress } = this;
    const name = names.nameOf(topic);
    const committed = await this.bounds.committed(names.groupOf(topic), name, partitions);
    const { bounds } = await this.bounds.fetch([name]);
    const known = new Map((await progress.of([name])).map((one) => [one.partition, one]));
    const mine = new Set(partitions);
    const starts = bounds
      .filter(({ partition }) => mine.has(partition))
      .map((one) =>
        startingPlace({
          bounds: one,
          committed: committed.get(one.partition) ?? null,
          progress: known.get(one.partition),
        }),
      );
    // Before anything is read again: with it versions are given out a second time.
    if (starts.some(({ recordWentBack: back }) => back)) await this.epochs.distrust();
    for (const { partition, offset, gap } of starts) {
      if (gap) await noteGap(gap, offset, progress, this.log);
      await progress.begin(name, partition, offset);
    }
    return starts.map(({ partition, offset }) => ({ partition, offset }));
  }
}
