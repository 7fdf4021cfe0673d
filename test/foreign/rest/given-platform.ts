import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { eventuallyPasses } from '../../given/eventually';
import { Marquee, sharedStack } from '../../given/marquee';
import { ForeignProducer, event } from '../../given/producer';

const JWT_SECRET = 'a secret of at least thirty-two characters';
const TITLE = 'Modular synths from scratch';

/** A Marquee with one room in which a session is live and another is scheduled. */
export class GivenRestPlatform {
  readonly room = randomUUID();
  readonly live = randomUUID();
  readonly scheduled = randomUUID();
  readonly title = TITLE;

  private constructor(
    readonly marquee: Marquee,
    private readonly producer: ForeignProducer,
  ) {}

  static async make(): Promise<GivenRestPlatform> {
    const marquee = await Marquee.on(sharedStack(), {
      JWT_SECRET,
      REQUESTS_PER_MINUTE: '0',
      DOOR_FAULTS_PER_MINUTE: '0',
    });
    const platform = new GivenRestPlatform(marquee, new ForeignProducer(marquee));
    try {
      await marquee.start();
      await platform.producer.connect();
      await platform.fill();
      return platform;
    } catch (error) {
      await platform.close();
      throw error;
    }
  }

  get url(): string {
    return this.marquee.query.url;
  }

  /** What programs of others are told of it. */
  get ids(): string {
    const { live, scheduled, room } = this;
    return JSON.stringify({ live, scheduled, room });
  }

  /** A token that may send and read everything. */
  async token(): Promise<string> {
    const scopes = 'events:write events:read sessions:private';
    const claims = new SignJWT({ scope: scopes, sources: ['/foreign/typescript'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h');
    return claims.sign(new TextEncoder().encode(JWT_SECRET));
  }

  /** A session starts; resolves with its id. */
  async start(title: string): Promise<string> {
    const id = randomUUID();
    await this.producer.send('sessions', event('session.started.v1', id, { title }));
    return id;
  }

  async close(): Promise<void> {
    await this.producer.close();
    await this.marquee.close();
  }

  private async fill(): Promise<void> {
    const { room, live, scheduled, title } = this;
    const [host, preset] = [randomUUID(), randomUUID()];
    await this.producer.send(
      'directory',
      event('host.changed.v1', host, { username: 'mara', email: 'mara@example.com', role: 'host' }),
      event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }),
      event('preset.changed.v1', preset, { name: 'Concert', type: 'whip', viewer_count_visible: true }),
    );
    const about = { room_id: room, preset_id: preset, mode: 'webcam' };
    const scheduled_start_time = new Date(Date.now() + 3_600_000).toISOString();
    await this.producer.send('sessions', event('session.started.v1', live, { title, ...about }));
    await this.producer.send(
      'sessions',
      event('session.scheduled.v1', scheduled, { title: 'Tomorrow', scheduled_start_time, ...about }),
    );
    await this.producer.send('viewers', event('viewers.counted.v1', live, { viewer_count: 41 }));
    await eventuallyPasses('it is all there', async () => {
      const answer = await fetch(`${this.url}/sessions/${live}/viewers`);
      const { data } = (await answer.json()) as { data?: { points: unknown[] } };
      expect(data?.points).toHaveLength(1);
      expect((await fetch(`${this.url}/sessions/${scheduled}`)).status).toBe(200);
    });
  }
}
