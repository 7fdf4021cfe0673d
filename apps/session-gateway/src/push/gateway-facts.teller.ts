import { Injectable } from '@nestjs/common';
import type { GatewayFacts } from '#libs/contracts';
import { FactsTeller, Metrics, Rates, metricBy, metricSum } from '#libs/service-host';
import { SocketFeed } from './socket.feed';

const SHOWN_VIEWS = 50;
/** Longer than any question that a client may ask. */
const QUESTION_LENGTH = 20_000;

/** What this process knows of its sockets and views. */
@Injectable()
export class GatewayFactsTeller {
  private rates = new Rates();
  private viewRates = new Rates();

  constructor(
    private readonly feed: SocketFeed,
    private readonly metrics: Metrics,
    teller: FactsTeller,
  ) {
    teller.says(async () => ({ gateway: await this.facts() }));
  }

  private async facts(): Promise<GatewayFacts> {
    const { registry } = this.metrics;
    const now = performance.now();
    const sent = await metricBy(registry, 'marquee_gateway_frames_total', 'event');
    return {
      sockets: await metricSum(registry, 'marquee_gateway_sockets'),
      views_total: await metricSum(registry, 'marquee_gateway_views'),
      views: this.views(now),
      frames_per_second: Object.fromEntries(
        Object.entries(sent).map(([event, count]) => [event, this.rates.of(event, count, now)]),
      ),
      dismissed: await metricBy(registry, 'marquee_gateway_dismissed_total', 'reason'),
      turned_away: await metricBy(registry, 'marquee_gateway_turned_away_total', 'reason'),
      stretch: await metricSum(registry, 'marquee_gateway_stretch'),
      sessions: await metricSum(registry, 'marquee_gateway_sessions'),
    };
  }

  private views(now: number): GatewayFacts['views'] {
    const shown = this.feed
      .followedViews()
      .sort((a, b) => b.followers - a.followers)
      .slice(0, SHOWN_VIEWS);
    // Of views that are not shown nothing is kept.
    const [before, next] = [this.viewRates, new Rates()];
    this.viewRates = next;
    return shown.map(({ name, question, frame, followers }) => {
      const text = JSON.stringify(question).slice(0, QUESTION_LENGTH);
      next.of(name, frame, now);
      return {
        name,
        question: text,
        followers,
        frames_per_second: before.of(name, frame, now),
        bytes_per_second: null,
      };
    });
  }
}
