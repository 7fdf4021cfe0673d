import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from '../../given/eventually';
import { Marquee, sharedStack } from '../../given/marquee';
import { type ForeignProducer, type ForeignProgram, java, python } from './foreign-producers';

/** Libraries come from a registry, to a machine that is busy with other tests. */
const FETCHING_MS = 300_000;

interface Sent {
  id: string;
  title: string;
  mode: 'structured' | 'binary';
  compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  producer: 'plain' | 'idempotent' | 'transactional' | 'aborted';
}

/** Each compression and each kind of producer, in both modes. */
function sessions(): Sent[] {
  const ways: [Sent['compression'], Sent['producer']][] = [
    ['none', 'plain'],
    ['gzip', 'plain'],
    ['snappy', 'idempotent'],
    ['lz4', 'idempotent'],
    ['zstd', 'transactional'],
    ['none', 'aborted'],
  ];
  return (['structured', 'binary'] as const).flatMap((mode) =>
    ways.map(([compression, producer]) => {
      return { id: randomUUID(), title: `${mode}, ${compression}, ${producer}`, mode, compression, producer };
    }),
  );
}

describe('services in other languages', () => {
  let marquee: Marquee;
  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
  });
  afterAll(() => marquee?.close());

  const onAir = async (id: string) => {
    const answer = await fetch(`${marquee.query.url}/sessions/${id}`);
    const { data } = (await answer.json()) as { data?: { status: string; title: string } };
    return { status: answer.status, data };
  };
  const quarantined = (ids: string[]) =>
    marquee.sql("SELECT reason, error FROM quarantine WHERE convert_from(key, 'UTF8') = ANY($1)", [ids]);

  describe.each([python, java])('$name', ({ name, lacks, make }: ForeignProducer) => {
    if (lacks !== null) process.stderr.write(`${name}: ${lacks}\n`);
    let program: ForeignProgram | undefined;
    beforeAll(async () => {
      program = await make();
    }, FETCHING_MS);
    afterAll(() => program?.remove());

    const test = lacks === null ? it : it.skip;
    test(`brings its sessions on air, in every mode and compression${lacks === null ? '' : ` (${lacks})`}`, async () => {
      const sent = sessions();
      const topic = marquee.topic('sessions');
      const versions = await program?.send([marquee.on.kafkaBrokers, topic, JSON.stringify(sent)]);
      expect(Object.values(JSON.parse(versions ?? '{}') as Record<string, string>).join()).toMatch(/\d+\.\d+\.\d+/);
      for (const { id, title } of sent.filter(({ producer }) => producer !== 'aborted')) {
        await eventuallyPasses(`it is on air: ${title}`, async () =>
          expect(await onAir(id)).toMatchObject({ status: 200, data: { status: 'live', title } }),
        );
      }
      expect(await quarantined(sent.map(({ id }) => id))).toEqual([]);
      for (const { id } of sent.filter(({ producer }) => producer === 'aborted')) {
        expect(await marquee.sql('SELECT FROM sessions WHERE id = $1', [id])).toEqual([]);
      }
    });
  });
});
