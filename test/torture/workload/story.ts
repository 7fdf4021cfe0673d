import { Random } from '../../../tools/simulator/src/random';
import type { Meaning, Topic } from '../journal';
import { Directory } from './directory';
import { type CloudEvent, type Message, message } from './event';
import { type Act, type Life, fallSilent, heartbeat, nextAct } from './life';
import { type PoisonOptions, poison } from './poison';
import { type StormKind, storm } from './storm';

export interface StoryOptions {
  seed: number;
  sessions: number;
  rate: number;
  poison: PoisonOptions;
}

/** Sessions that live by a short lease, at any time; they beat, and some of them fall silent. */
const LEASED_SHARE = 0.03;
const LONG_LEASE_SECONDS = 1800;
const REORDER_WINDOW = 500;

/** What a busy and careless platform says, tick by tick: seeded, with every disturbance of the plan. */
export class Story {
  private readonly random: Random;
  private readonly directory: Directory;
  private readonly lives: Life[];
  private readonly held: { dueAt: number; message: Message }[] = [];
  private readonly openings: Message[];
  private sent = 0;
  private nextId = 0;
  private owed = 0;
  private storms = 0;

  constructor(private readonly options: StoryOptions) {
    this.random = new Random(options.seed);
    this.directory = new Directory(this.random, options.sessions);
    this.lives = Array.from({ length: options.sessions }, () => this.born());
    this.openings = this.directory
      .firstTold()
      .map((entity) =>
        this.of(
          'directory',
          { type: `${entity.kind}.changed.v1`, data: this.directory.stateOf(entity) },
          entity.id,
          Date.now(),
        ),
      );
  }

  /** What is said between the last tick and this one. `now`: epoch ms. */
  tick(now: number, elapsedMs: number): Message[] {
    const told = this.openings.splice(0, 100);
    for (const life of this.lives) {
      if (life.nextBeatAt !== undefined && life.nextBeatAt <= now) told.push(...this.beat(life, now));
    }
    for (this.owed += (this.options.rate * elapsedMs) / 1000; this.owed >= 1; this.owed--) {
      told.push(...this.disturbed(this.happening(now), now));
    }
    this.sent += told.length;
    return [...told, ...this.due(false)];
  }

  /** What one source says at once. */
  storm(kind: StormKind, now: number): Message[] {
    // Its own dice: whether and when there is a storm changes nothing of the rest.
    return storm(kind, `${this.options.seed}-storm-${this.storms++}`, now, new Random(this.options.seed + this.storms));
  }

  /** What is still held back. */
  rest(): Message[] {
    return this.due(true);
  }

  private born(): Life {
    const { random, directory } = this;
    const leased = random.next();
    return {
      id: random.uuid(),
      room: directory.rooms[random.integer(0, directory.rooms.length - 1)] ?? random.uuid(),
      preset: random.chance(0.7) ? directory.presets[random.integer(0, directory.presets.length - 1)] : undefined,
      phase: 'new',
      lease: leased < LEASED_SHARE ? random.integer(8, 12) : leased < 0.3 ? LONG_LEASE_SECONDS : undefined,
      nextBeatAt: undefined,
      count: random.integer(0, 5000),
    };
  }

  private beat(life: Life, now: number): Message[] {
    if (life.lease !== LONG_LEASE_SECONDS && this.random.chance(0.02)) {
      fallSilent(life);
      return [];
    }
    life.nextBeatAt = now + (life.lease === LONG_LEASE_SECONDS ? 60_000 : 1500);
    return [this.of('sessions', heartbeat, life.id, now, 'beat')];
  }

  private happening(now: number): Message {
    const { random, directory } = this;
    if (random.chance(0.03)) {
      const entity = directory.any();
      if (random.chance(0.15)) {
        return { topic: 'directory', key: Buffer.from(entity.id), value: null, headers: {}, meaning: 'valid' };
      }
      return this.of(
        'directory',
        { type: `${entity.kind}.changed.v1`, data: directory.stateOf(entity) },
        entity.id,
        now,
      );
    }
    // Some are told of far more often than others; all of them sooner or later.
    const at = Math.floor(random.next() * (random.chance(0.3) ? Math.min(200, this.lives.length) : this.lives.length));
    const life = this.lives[at];
    if (!life) throw new Error('a story needs sessions');
    const act = nextAct(life, random, now);
    return this.of(act.type.startsWith('viewers') ? 'viewers' : 'sessions', act, life.id, now);
  }

  /** The event, sometimes not at its time, in its place, alone, or whole. */
  private disturbed(one: Message, now: number): Message[] {
    const { random } = this;
    if (one.value === null) return [one];
    const event = JSON.parse(one.value.toString()) as CloudEvent;
    if (random.chance(0.005)) return [poison(one.topic, event, random, this.options.poison)];
    const moved = random.next();
    if (moved < 0.01) return [this.at(one, event, now - random.integer(60_000, 540_000), 'late')];
    if (moved < 0.02) return [this.at(one, event, now + random.integer(-600_000, 600_000), 'skewed')];
    const told = [one];
    if (random.chance(0.1)) told.push(one);
    if (random.chance(0.02)) this.hold(one, random.integer(1, 5000));
    // Where a title is read: elsewhere it is an unknown field, and no difference.
    if (/scheduled|started|updated/.test(event.type) && random.chance(0.005)) {
      told.push(message(one.topic, { ...event, data: { ...event.data, title: 'Not what was said' } }, 'conflict'));
    }
    if (!random.chance(0.05)) return told;
    for (const held of told) this.hold(held, random.integer(1, REORDER_WINDOW));
    return [];
  }

  private at(one: Message, event: CloudEvent, time: number, meaning: Meaning): Message {
    return message(one.topic, { ...event, time: new Date(time).toISOString() }, meaning);
  }

  private hold(message: Message, positions: number): void {
    this.held.push({ dueAt: this.sent + positions, message });
  }

  /** Three digits below the millisecond, without the dice. */
  private micros(): string {
    return String((this.nextId * 37) % 1000).padStart(3, '0');
  }

  private due(all: boolean): Message[] {
    const due = this.held.filter(({ dueAt }) => all || dueAt <= this.sent);
    if (due.length === 0) return [];
    this.held.splice(0, this.held.length, ...this.held.filter((one) => !due.includes(one)));
    return due.sort((a, b) => a.dueAt - b.dueAt).map((one) => one.message);
  }

  private of(topic: Topic, act: Act, subject: string, now: number, meaning: Meaning = 'valid'): Message {
    const { random, options } = this;
    const id = `${options.seed}-${this.nextId++}`;
    return message(
      topic,
      {
        specversion: '1.0',
        id,
        source: `/studio/${random.integer(1, 5)}`,
        type: act.type,
        subject,
        time: `${new Date(now - random.integer(0, 40)).toISOString().slice(0, -1)}${this.micros()}Z`,
        ...(random.chance(0.2) && { sequence: String(this.nextId) }),
        ...(act.data && { data: act.data }),
      },
      meaning,
    );
  }
}
