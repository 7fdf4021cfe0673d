import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from './given/eventually';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

const MAIL = 'chef.of.ramen@hosts.example';
const SECRET = 'hunter2-of-a-caller';

describe('the log of a service', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack(), { LOG_LEVEL: 'trace', ADMIN_KEY: `the admin has ${SECRET}` });
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
  });
  afterAll(async () => {
    await producer?.close();
    await marquee?.close();
  });

  const said = () => marquee.services.map((service) => service.log).join('\n');

  it.each([
    ['in its message', `PERFORM (NEW.state ->> 'email')::uuid`, '22P02'],
    ['in its detail', `NEW.id := NULL`, '23502'],
    ['in words of its own', `RAISE EXCEPTION 'no host has the address %', NEW.state ->> 'email'`, 'P0001'],
  ])('does not say what was in a readable record that Postgres refuses, %s', async (name, refusal, code) => {
    const host = randomUUID();
    const trigger = `refuse_${code.toLowerCase()}`;
    await marquee.sql(
      `CREATE FUNCTION ${trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${refusal}; RETURN NEW; END $$`,
    );
    await marquee.sql(
      `CREATE TRIGGER ${trigger} BEFORE UPDATE ON reference_data FOR EACH ROW EXECUTE FUNCTION ${trigger}()`,
    );
    await producer.send(
      'directory',
      event('host.changed.v1', host, {
        id: host,
        external_user_id: 'u-1',
        organization_id: randomUUID(),
        email: MAIL,
        username: 'ramen',
        role: 'host',
        is_active: true,
        created_at: '2025-01-02T03:04:05Z',
      }),
    );
    await eventuallyPasses(`it is in quarantine, ${name}`, async () => {
      const rows = await marquee.sql<{ reason: string; error: string }>(
        `SELECT reason, error FROM quarantine WHERE key = $1`,
        [Buffer.from(host)],
      );
      expect(rows).toEqual([{ reason: 'bug', error: expect.not.stringContaining(MAIL) as string }]);
    });
    await eventuallyPasses('the log says that it could not be taken', async () => expect(said()).toContain(code));
    expect(said()).not.toContain(MAIL);
    await marquee.sql(`DROP TRIGGER ${trigger} ON reference_data`);
  });

  it('does not say the key or token of a request, nor what it asked for', async () => {
    // So that one fails, and is logged with what is known of the request.
    await marquee.sql(`ALTER TABLE sessions RENAME TO no_sessions`);
    const failed = await fetch(`${marquee.query.url}/sessions?status=ended&q=${encodeURIComponent(MAIL)}`, {
      headers: { cookie: SECRET, 'x-forwarded-for': '192.0.2.1' },
    });
    expect(failed.status).toBe(500);
    const key = `mq_0123456789ab_${'k'.repeat(43)}`;
    for (const { url } of [marquee.query, marquee.lifecycle]) {
      for (const path of ['/sessions', '/events', '/admin/quarantine', '/socket.io/']) {
        for (const method of ['GET', 'POST']) {
          await fetch(`${url}${path}?token=${SECRET}&q=${encodeURIComponent(MAIL)}`, {
            method,
            headers: { authorization: `Bearer ${SECRET}`, 'x-api-key': key, cookie: SECRET },
          });
          await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${SECRET}`, cookie: SECRET } });
        }
      }
    }
    await marquee.sql(`ALTER TABLE no_sessions RENAME TO sessions`);
    await eventuallyPasses('something of it is logged', async () => expect(said()).toContain('a request failed'));
    for (const secret of [SECRET, key, MAIL, encodeURIComponent(MAIL)]) expect(said()).not.toContain(secret);
  });
});
