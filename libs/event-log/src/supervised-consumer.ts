import { describeError } from '#libs/service-host';
import { type ConsumerState, type ConsumerStatus, SILENCE_LIMIT_MS } from './consumer-status';
import { Membership, type MembershipOptions } from './membership';
import { RestartPause } from './restart-pause';
import { Standstill } from './standstill';
import { withinMs } from './time-limit';

export type SupervisedConsumerOptions = MembershipOptions;

const WATCH_EVERY_MS = 1000;
const STUCK_AFTER_MS = 30_000;
const ASK_LIMIT_MS = 5000;

/**
 * One topic, one group, one client. kafkajs dies silently and for good on some errors: here every end of a consumer
 * leads to a new client and a new consumer. An outage of what the handler needs parks it: paused, membership kept,
 * nothing resolved, until the probe succeeds. It never ends the process.
 */
export class SupervisedConsumer {
  private membership: Membership | undefined;
  private state: Exclude<ConsumerState, 'parked'> = 'stopped';
  private startedAt = 0;
  private pollingSince: number | null = null;
  private lastPollAt: number | null = null;
  private memberId: string | null = null;
  private partitions: number[] = [];
  private positions = new Map<number, string>();
  private restarts = 0;
  private rebalances = 0;
  private stuck = 0;
  private parkedMsBefore = 0;
  private lastError: string | null = null;
  private watch: NodeJS.Timeout | undefined;
  private restarting: Promise<void> | undefined;
  private readonly pause = new RestartPause();

  private readonly standstill: Standstill;
  private asking: Promise<void> | undefined;

  constructor(private readonly options: SupervisedConsumerOptions) {
    this.standstill = new Standstill(options.stuckAfterMs ?? STUCK_AFTER_MS);
  }

  status(): ConsumerStatus {
    const { lastPollAt, partitions, positions, restarts, rebalances, stuck, lastError } = this;
    const parking = this.membership?.parkingStatus(Date.now());
    return {
      state: parking?.parkedSince != null && this.state === 'polling' ? 'parked' : this.state,
      lastPollAt,
      partitions: [...partitions],
      positions: Object.fromEntries(positions),
      passed: this.membership?.passedOffsets() ?? [],
      restarts,
      rebalances,
      stuck,
      parkedSince: parking?.parkedSince ?? null,
      parkReason: parking?.parkReason ?? null,
      parkedMs: this.parkedMsBefore + (parking?.parkedMs ?? 0),
      lastError,
    };
  }

  /** Begins; resolves at once, the consumer joins in its own time and for as long as it takes. */
  start(): void {
    this.state = 'starting';
    this.watch = setInterval(() => {
      this.noticeSilence();
      this.noticeStandstill();
    }, WATCH_EVERY_MS);
    this.launch();
  }

  /** Leaves the group after the slice at hand. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    clearInterval(this.watch);
    await this.restarting;
    await this.membership?.stop();
  }

  private launch(): void {
    const { topic, log } = this.options;
    let joins = 0;
    this.startedAt = Date.now();
    this.pollingSince = null;
    const membership: Membership = new Membership(this.options, {
      onWord: () => {
        this.lastPollAt = Date.now();
      },
      onJoin: (memberId, partitions) => {
        if (joins++ > 0) this.rebalances += 1;
        this.pollingSince ??= Date.now();
        this.memberId = memberId;
        this.partitions = partitions;
        this.positions.clear();
        this.standstill.clear();
        this.state = 'polling';
      },
      onPosition: (partition, nextOffset) => {
        this.positions.set(partition, nextOffset);
        this.standstill.moved(partition, nextOffset, Date.now());
      },
      onPark: (reason) => log('warn', 'parked: something that is needed is away', { topic, reason }),
      onLeavePark: (parkedMs) => log('info', 'not parked any more', { topic, parkedMs }),
      onEnd: (error) => this.restart(membership, error),
    });
    this.membership = membership;
    void membership.start(this.memberId);
  }

  private noticeSilence(): void {
    const { membership } = this;
    if (!membership || this.restarting || this.state === 'stopped') return;
    const silentMs = Date.now() - Math.max(this.lastPollAt ?? 0, this.startedAt);
    if (silentMs >= SILENCE_LIMIT_MS) this.restart(membership, new Error(`no word from Kafka for ${silentMs} ms`));
  }

  /** kafkajs can fetch nothing for ever where there is something: a new client gets it. */
  private noticeStandstill(): void {
    const { membership } = this;
    if (!membership || this.state !== 'polling') return;
    if (!membership.isFree) return this.standstill.excuse(Date.now());
    const suspects = this.standstill.suspects(Date.now());
    if (suspects.size === 0) return;
    this.asking ??= this.askForEnds(membership, suspects).finally(() => {
      this.asking = undefined;
    });
  }

  private async askForEnds(membership: Membership, suspects: ReadonlyMap<number, string>): Promise<void> {
    const late = 'Kafka did not tell its ends in time';
    const asked = membership.readableEnds([...suspects.keys()]);
    const ends = await withinMs(ASK_LIMIT_MS, late, asked).catch(() => undefined);
    const still = this.standstill.suspects(Date.now());
    for (const [partition, end] of ends ?? []) {
      const at = suspects.get(partition);
      if (at === undefined || still.get(partition) !== at || BigInt(at) >= BigInt(end)) continue;
      this.stuck += 1;
      this.restart(membership, new Error(`partition ${partition} stands still at ${at}, before ${end}`));
      return;
    }
    // There is nothing to be had: ask again only after a while.
    if (ends) this.standstill.excuse(Date.now());
  }

  /** Ends a consumer and, after a jittered pause, begins with a new client and a new consumer. */
  /** Ends the membership and begins with a new one, at the places that `startAt` says then. `why`: for the log. */
  beginAnew(why: Error): void {
    if (this.membership) this.restart(this.membership, why);
  }

  private restart(membership: Membership, error: unknown): void {
    if (this.membership !== membership || this.restarting || this.state === 'stopped') return;
    const now = Date.now();
    const pauseMs = this.pause.next(now - (this.pollingSince ?? now), Math.random());
    this.state = 'restarting';
    this.partitions = [];
    this.restarts += 1;
    this.lastError = describeError(error);
    const { topic, log } = this.options;
    log('warn', 'the consumer ended and is made anew', { topic, pauseMs, error: this.lastError });
    this.restarting = this.replace(membership, pauseMs);
  }

  private async replace(membership: Membership, pauseMs: number): Promise<void> {
    await membership.stop();
    this.parkedMsBefore += membership.parkingStatus(Date.now()).parkedMs;
    this.membership = undefined;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    this.restarting = undefined;
    if (!this.isStopped()) this.launch();
  }

  private isStopped(): boolean {
    return this.state === 'stopped';
  }
}
