import { setTimeout as wait } from 'node:timers/promises';
import { verify } from '#tools/verify';
import { ADMIN_KEY, type Cluster, PREFIX } from './cluster/cluster';
import { projectionAgainst, restAgainst, untoldAgainst } from './invariants/at-rest';
import type { KafkaWitness } from './oracle/kafka-log';
import type { ProjectionWitness } from './oracle/projection-witness';
import { recordState } from './oracle/record-state';
import type { RecordWitness } from './oracle/record-witness';
import { type Limits, secondsText } from './limits';
import { type Verdict, judge } from './verdict';

/** What is at rest, and what is tried with it. */
export interface Resting {
  cluster: Cluster;
  record: RecordWitness;
  projection: ProjectionWitness;
  kafka: KafkaWitness;
  limits: Limits;
  tell: (line: string) => void;
}

/** In the order in which one leaves what the next one needs. `lifecycles` are stopped at the end. */
export async function tryAtRest(resting: Resting): Promise<Verdict[]> {
  return [
    await everybodyIsReady(resting),
    ...(await copiesAreWhole(resting)),
    await quarantineIsReplayed(resting),
    await processesStop(resting),
  ];
}

/** I22, its other half: after the last fault nobody stays silent. */
async function everybodyIsReady({ cluster: { lifecycles }, limits }: Resting): Promise<Verdict> {
  const look = async () => {
    const answers = await Promise.all(
      lifecycles.map(async ({ name, operationsUrl }) => {
        const answer = await fetch(`${operationsUrl}/health/ready`, { signal: AbortSignal.timeout(3000) });
        return answer.ok ? [] : [`${name} is not ready: ${await answer.text()}`];
      }),
    );
    return answers.flat();
  };
  const against = await untilNothing(look, limits.ready);
  return judge('I22', 'after the last fault everybody is ready', `${lifecycles.length} processes`, against);
}

/** I8 and I10. */
async function copiesAreWhole({ cluster, record, projection, limits, tell }: Resting): Promise<Verdict[]> {
  const compare = async () => projectionAgainst(await projection.read(), await recordState(record));
  // What a process left in the outbox is told by another one a second later; no reconcile pass helps (see Cluster.env).
  const untold = await untilNothing(async () => untoldAgainst(await record.untold()), limits.copy);
  const before = await untilNothing(compare, limits.copy);
  // The watchdog goes on: a session that moves between two pages is seen by the next walk.
  const rest = await untilNothing(
    async () => restAgainst(cluster.query.url, await recordState(record)),
    limits.answers,
  );
  await projection.flush();
  const since = Date.now();
  const after = await untilNothing(compare, limits.copy);
  tell(`the emptied projection was whole after ${Date.now() - since} ms`);
  const { size } = (await projection.read()).sessions;
  return [
    judge(
      'I8',
      `Redis equals Postgres; emptied, it is whole within ${secondsText(limits.copy)}`,
      `${size} open sessions`,
      [...untold, ...before, ...after],
    ),
    judge('I10', 'REST equals Postgres', 'every live session', rest),
  ];
}

async function untilNothing(look: () => Promise<string[]>, limitMs: number): Promise<string[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const against = await look().catch((error: unknown) => [String(error)]);
    if (against.length === 0 || Date.now() > deadline) return against;
    await wait(250);
  }
}

/** I20. Nothing was mended, so nothing may change. */
async function quarantineIsReplayed({ cluster, record }: Resting): Promise<Verdict> {
  const before = await record.fingerprint();
  let [replayed, still] = [0, 0];
  for (let after: string | null | undefined; after !== null;) {
    const page = await replayPage(cluster, after);
    replayed += page.replayed.length;
    still += page.still.length;
    after = page.next_after;
  }
  const against = [
    ...(replayed > 0 ? [`${replayed} rows could be taken`] : []),
    ...differences(before, await record.fingerprint()),
  ];
  return judge('I20', 'quarantine replayed as it is changes nothing', `${still} rows`, against);
}

async function replayPage({ lifecycles }: Cluster, after: string | undefined) {
  const answer = await fetch(`${lifecycles[0]?.url}/admin/quarantine/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': ADMIN_KEY },
    body: JSON.stringify({ ...(after && { after }) }),
  });
  const { data } = (await answer.json()) as {
    data: { replayed: string[]; still: unknown[]; next_after: string | null };
  };
  return data;
}

/** I17 */
async function processesStop({ cluster: { lifecycles }, limits }: Resting): Promise<Verdict> {
  const late = await Promise.all(
    lifecycles.map(async ({ name, server }) => {
      const since = Date.now();
      const code = await server.stop('SIGTERM');
      const ms = Date.now() - since;
      return code === 0 && ms <= limits.exit ? [] : [`${name} ended with ${code} after ${ms} ms`];
    }),
  );
  return judge(
    'I17',
    `SIGTERM: out within ${secondsText(limits.exit)}, with 0`,
    `${lifecycles.length} processes`,
    late.flat(),
  );
}

/** I19: the groups forget where they were, and one process takes the whole log once more. */
export async function consumeAgain({ cluster, kafka, record, limits }: Resting): Promise<string[]> {
  const [first] = cluster.lifecycles;
  if (!first) return ['there is nobody to consume'];
  const before = await record.fingerprint();
  await kafka.loseOffsets();
  await first.server.start();
  const deadline = Date.now() + limits.rest;
  for (;;) {
    const [committed, high] = [await kafka.committed(), await kafka.highWatermarks()];
    if ([...high].every(([place, end]) => end === 0n || (committed.get(place) ?? 0n) >= end)) break;
    if (Date.now() > deadline) return ['it was not done in time'];
    await wait(300);
  }
  return differences(before, await record.fingerprint());
}

function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before)
    .filter((table) => before[table] !== after[table])
    .map((table) => `${table}: ${before[table]} became ${after[table]}`);
}

/** I24: what `npm run verify` finds, by the direct ports, of everything that runs by then. Expects a lifecycle process. */
export async function verifyFindsNothing({ cluster, tell }: Pick<Resting, 'cluster' | 'tell'>): Promise<Verdict> {
  const { postgres, redis, query, gateway } = cluster;
  await gateway.server.start();
  const { report } = await verify({
    databaseUrl: postgres.url,
    redis: { url: redis.url, tag: PREFIX },
    queryUrl: query.url,
    gatewayUrl: gateway.url,
  });
  const { checks, notLooked, tookMs } = report;
  tell(`verify took ${tookMs} ms`);
  const against = [
    ...notLooked.map(({ what, why }) => `${what} was not looked at: ${why}`),
    ...checks.flatMap(({ differences }) =>
      differences.map(({ kind, id, where, expected, found }) => `${kind} ${id}, ${where}: ${expected}; is ${found}`),
    ),
  ];
  const compared = checks.map(({ name, compared: many }) => `${many} ${name}`).join(', ');
  return judge('I24', 'Postgres, Redis, REST and the socket agree', compared, against);
}
