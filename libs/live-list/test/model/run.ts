import fc from 'fast-check';
import type { ProjectionChange, ViewQuery } from '#libs/contracts';
import type { Presentation } from '../../src/index';
import { ClientModel } from './client';
import { GatewayModel, type ReaderBugs } from './gateway';
import { type Wish, presentation } from './oracle';
import { Projection, type WriterBugs } from './projection';
import { type Happening, changesOf, sessionId } from './story';

/** One step of a schedule; `who` chooses a client or a gateway. */
export type Step =
  | { step: 'happens'; happening: Happening }
  | { step: 'time'; ms: number }
  | { step: 'follow' | 'beginLoad' | 'endLoad' | 'pump'; who: number; much: number }
  | { step: 'connect' | 'cut' | 'stall' | 'drain' | 'lose'; who: number; much: number }
  | { step: 'up' | 'down'; who: number; much: number }
  | { step: 'watchMore' | 'watchLess'; who: number; much: number }
  | { step: 'beginRebuild' | 'endRebuild' | 'rollBack' };

export interface Bugs extends WriterBugs, ReaderBugs {
  presentation?: Presentation;
}

const small = fc.nat({ max: 9 });
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('start' as const) },
    { weight: 6, arbitrary: fc.constant('count' as const) },
    fc.constantFrom('schedule', 'end', 'end', 'edit', 'move', 'room', 'host', 'preset' as const),
  ),
  which: fc.nat({ max: 6 }),
  how: fc.nat({ max: 59 }),
});

const named = <S extends string>(...steps: S[]) =>
  fc.record({ step: fc.constantFrom(...steps), who: small, much: small });

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ step: fc.constant('happens' as const), happening }) },
    {
      weight: 4,
      arbitrary: fc.record({ step: fc.constant('time' as const), ms: fc.constantFrom(20, 60, 300, 1100, 3000) }),
    },
    { weight: 5, arbitrary: named('follow', 'pump') },
    { weight: 10, arbitrary: named('up', 'down') },
    { weight: 3, arbitrary: named('connect', 'connect', 'cut') },
    { weight: 3, arbitrary: named('stall', 'drain', 'lose', 'lose') },
    { weight: 3, arbitrary: named('watchMore', 'watchLess') },
    { weight: 1, arbitrary: named('beginLoad', 'endLoad') },
    { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('beginRebuild', 'endRebuild', 'rollBack') }) },
  ),
  { minLength: 10, maxLength: 120, size: 'max' },
);

const query: fc.Arbitrary<ViewQuery> = fc.record(
  {
    status: fc.constantFrom(['live'], ['live', 'scheduled'], ['scheduled']),
    sort: fc.constantFrom('viewer_count', 'viewer_count', 'max_viewers', 'started_at', 'scheduled_start_time'),
    order: fc.constantFrom('asc', 'desc', 'desc'),
    limit: fc.integer({ min: 1, max: 6 }),
    min_viewers: fc.constantFrom(0, 1, 1000, 1005, 12_345),
    q: fc.constantFrom('TITLE 1', 'room 2', 'host'),
    mode: fc.constantFrom(['rtmp'], ['rtmp', 'webcam']),
    ids: fc.constantFrom([sessionId(0), sessionId(1)], [sessionId(3)]),
  },
  { requiredKeys: ['sort', 'order', 'limit'] },
);

export const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      list: fc.record({
        sort: fc.constantFrom('viewer_count' as const),
        order: fc.constant('desc' as const),
        limit: fc.integer({ min: 1, max: 4 }),
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ list: query }) },
  {
    weight: 2,
    arbitrary: fc.record({ watch: fc.constantFrom([0], [1, 2], [0, 1, 2, 3, 4]).map((ids) => ids.map(sessionId)) }),
  },
);
export const wishes = fc.array(wish, { minLength: 1, maxLength: 3 });

/** A world: a projection, two gateways, and a client for each wish. */
export class Run {
  readonly projection: Projection;
  readonly gateways: GatewayModel[];
  readonly clients: ClientModel[];
  private now = Date.UTC(2026, 5, 1);

  /** `retold`: another world, in which what happens is told differently. */
  constructor(
    wanted: readonly Wish[],
    bugs: Bugs = {},
    private readonly retold: (changes: ProjectionChange[]) => ProjectionChange[] = (changes) => changes,
  ) {
    this.projection = new Projection(bugs);
    const shownBy = bugs.presentation ?? presentation;
    this.gateways = [0, 1].map(() => new GatewayModel(this.projection, shownBy, bugs));
    this.clients = wanted.map((each) => new ClientModel(each, this.projection));
  }

  do(step: Step): void {
    const { now, projection } = this;
    switch (step.step) {
      case 'happens': {
        const changes = this.retold(changesOf(step.happening, projection.truth));
        if (changes.length > 0) projection.write(changes);
        return;
      }
      case 'time':
        return this.pass(step.ms);
      case 'follow':
        return this.gateway(step.who).follow(step.much, now);
      case 'pump':
        this.gateway(step.who).desk.pump(step.much, now);
        return;
      case 'beginLoad':
        return this.gateway(step.who).beginLoad();
      case 'endLoad':
        return this.gateway(step.who).endLoad(now);
      case 'beginRebuild':
        return projection.beginRebuild();
      case 'endRebuild':
        return projection.endRebuild();
      case 'rollBack':
        return projection.rollBack(3);
      default:
        return this.doToClient(step.step, this.client(step.who), step.much);
    }
  }

  /** Nothing happens any more: everybody must end with what Postgres says, without help. */
  becomeQuiet(): void {
    this.projection.endRebuild();
    for (const gateway of this.gateways) gateway.endLoad(this.now);
    for (let round = 0; round < 16; round += 1) {
      this.pass(1000);
      for (const gateway of this.gateways) gateway.follow(Infinity, this.now);
      for (const client of this.clients) {
        client.connect(this.gateway(round));
        this.doToClient('drain', client, 0);
        for (let turn = 0; turn < 3; turn += 1) this.deliverAll(client);
      }
    }
    for (const client of this.clients) {
      expect(client.held.phase).toBe('following');
      client.compare(this.projection.truth, 'at quiet');
    }
  }

  private doToClient(step: string, client: ClientModel, much: number): void {
    const { connection, gateway } = client;
    if (step === 'watchMore') return client.watchMore(sessionId(much % 7));
    if (step === 'watchLess') return client.watchLess(much);
    if (step === 'connect') return client.connect(this.gateway(much));
    if (!connection || !gateway) return;
    switch (step) {
      case 'cut':
        return client.cut();
      case 'stall':
        connection.stalled = true;
        return;
      case 'drain':
        connection.stalled = false;
        connection.queued = 0;
        return gateway.drained(connection, this.now);
      case 'lose': {
        const index = connection.down.findIndex((message) => message.event === 'delta' && message.frame.prev !== null);
        if (index >= 0) connection.down.splice(index, 1);
        return;
      }
      case 'up':
        return gateway.receive(connection, this.now);
      default:
        for (let taken = 0; taken <= much && client.take(); taken += 1);
    }
  }

  private deliverAll(client: ClientModel): void {
    while (client.connection && client.connection.up.length > 0) client.gateway?.receive(client.connection, this.now);
    while (client.take());
  }

  private pass(ms: number): void {
    this.now += ms;
    for (const { desk } of this.gateways) {
      desk.step(this.now);
      while (desk.pump(2, this.now));
    }
    for (const client of this.clients) client.retry();
  }

  private gateway(who: number): GatewayModel {
    const gateway = this.gateways[who % this.gateways.length];
    if (!gateway) throw new Error('no gateway');
    return gateway;
  }

  private client(who: number): ClientModel {
    const client = this.clients[who % this.clients.length];
    if (!client) throw new Error('no client');
    return client;
  }
}

/** Runs a schedule, then quiet; throws where an assertion fails. */
export function runAll(
  wanted: readonly Wish[],
  schedule: readonly Step[],
  bugs: Bugs = {},
  retold?: (changes: ProjectionChange[]) => ProjectionChange[],
): Run {
  const run = new Run(wanted, bugs, retold);
  for (const step of schedule) run.do(step);
  run.becomeQuiet();
  return run;
}
