import { randomUUID } from 'node:crypto';
import { ApiKeys } from '#libs/session-store';
import { DocumentedApi, ask, askWithLargeHeaders, askWithoutEnd } from '../../../test/given/documented-api';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

describe('the OpenAPI document and the door for events', () => {
  const api = new DocumentedApi();
  let given: GivenLifecycle;
  let url: string;
  let key: string;
  let reader: string;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    url = await (await given.service()).getUrl();
    const keys = new ApiKeys(given.source);
    key = (await keys.create({ name: 'studio', scopes: ['events:write'], sources: null })).text;
    reader = (await keys.create({ name: 'reader', scopes: [], sources: null })).text;
  });
  afterAll(() => given?.close());

  const one = () => JSON.stringify(event('session.started.v1', randomUUID(), { title: 'Documented' }));
  async function expectOf(status: number, { to = url, path = '/events', headers = {}, ...init }: Asking = {}) {
    const answer = await ask(`${to}${path}`, {
      method: 'POST',
      body: one(),
      headers: { 'content-type': 'application/cloudevents+json', 'x-api-key': key, ...headers },
      ...init,
    });
    expect(answer.status).toBe(status);
    api.expect('sendEvents', answer);
  }

  it('agree', async () => {
    await expectOf(202);
    await expectOf(400, { body: '{}' });
    await expectOf(401, { headers: { 'x-api-key': 'unknown' } });
    await expectOf(403, { headers: { 'x-api-key': reader } });
    await expectOf(413, { body: 'x'.repeat(5_000_001) });
    await expectOf(414, { path: `/events?q=${'a'.repeat(13_000)}` });
    await expectOf(415, { headers: { 'content-type': 'text/plain' } });
    api.expect('sendEvents', await askWithLargeHeaders(`${url}/events`, 'POST'));
    const impatient = await (await given.launch({}, { requestLimitMs: 100 })).getUrl();
    api.expect('sendEvents', await askWithoutEnd(`${impatient}/events`, 'POST'));
    const limited = await (await given.launch({ REQUESTS_PER_MINUTE_KNOWN: '1' })).getUrl();
    await ask(`${limited}/events`, { method: 'POST', headers: { 'x-api-key': key } });
    await eventuallyPasses('it is too much', () => expectOf(429, { to: limited }));
    const cut = await (await given.launch({ KAFKA_BROKERS: '127.0.0.1:1' })).getUrl();
    await expectOf(503, { to: cut });
    // What goes wrong at the door is a dependency that is away.
    expect(api.unseen('sendEvents')).toEqual(['sendEvents 500']);
  });
});

interface Asking {
  to?: string;
  path?: string;
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}
