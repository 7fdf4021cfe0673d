import { Injectable } from '@nestjs/common';
import { Metrics } from '#libs/service-host';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the gateway reports of the moment, read when the metrics are. */
export interface Moment {
  sockets: number;
  views: number;
  watched: number;
  sessions: number;
  stretch: number;
  seq: number;
}

/** The gateway's metrics. */
@Injectable()
export class GatewayMetrics {
  /** Frames handed to sockets since the counter was read last, by event: to count one by its label costs as much as to make it. */
  private readonly sent = new Map<string, number>();
  readonly answers: Counter;
  readonly dismissed: Counter;
  readonly turned: Counter;
  readonly turns: Histogram;
  private readonly registry: Registry;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.registry = registry;
    const frames: Counter = new Counter({
      name: 'marquee_gateway_frames_total',
      help: 'Frames handed to sockets, by event',
      labelNames: ['event'],
      registers,
      collect: () => {
        for (const [event, sockets] of this.sent) frames.inc({ event }, sockets);
        this.sent.clear();
      },
    });
    this.answers = new Counter({
      name: 'marquee_gateway_answers_total',
      help: 'Requests answered, by mode or refusal code',
      labelNames: ['outcome'],
      registers,
    });
    this.dismissed = new Counter({
      name: 'marquee_gateway_dismissed_total',
      help: 'Sockets closed by the gateway, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.turned = new Counter({
      name: 'marquee_gateway_turned_away_total',
      help: 'Connections not let in, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.turns = new Histogram({
      name: 'marquee_gateway_turn_seconds',
      help: 'Time of one turn of work: taking changes, making frames, sending a slice',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25],
      registers,
    });
  }

  countFrames(event: string, sockets: number): void {
    this.sent.set(event, (this.sent.get(event) ?? 0) + sockets);
  }

  /** Shows the moment as gauges. */
  observe(look: () => Moment): void {
    const helps: Record<keyof Moment, string> = {
      sockets: 'Sockets that are open',
      views: 'Views that are kept',
      watched: 'Sessions that are watched by their ids',
      sessions: 'Open sessions that are held',
      stretch: 'How much the time between frames is stretched',
      seq: 'Position in the log that was followed last',
    };
    for (const name of Object.keys(helps) as (keyof Moment)[]) {
      const gauge: Gauge = new Gauge({
        name: `marquee_gateway_${name}`,
        help: helps[name],
        registers: [this.registry],
        collect: () => gauge.set(look()[name]),
      });
    }
  }
}
