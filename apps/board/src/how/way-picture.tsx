import { useHeadline } from '../live/use-headline';
import { useSyncExternalStore } from 'react';
import { amountText } from '../live/amount-text';
import { frames } from '../live/frames';
import type { ProcessFacts } from '../api/facts';
import { useFacts } from '../api/use-facts';
import styles from './way-picture.module.css';

interface Station {
  name: string;
  does: string;
  facts: string[];
}

const sum = <T,>(items: readonly T[], of: (item: T) => number) => items.reduce((total, item) => total + of(item), 0);
const rate = (perSecond: number) => `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} a second`;

/** The way of the data, with what each station does at this moment. */
export function WayPicture() {
  const { at } = useHeadline();
  const { data, refusal } = useFacts();
  useSyncExternalStore(frames.subscribe, frames.read);
  const stations = stationsOf((!refusal && data?.processes) || [], at, frames.count);
  return (
    <ol className={styles.way} aria-label="The way of the data">
      {stations.map(({ name, does, facts }) => (
        <li key={name} className={styles.station}>
          <h2>{name}</h2>
          <p>{does}</p>
          {facts.map((fact) => (
            <p key={fact} className={styles.fact}>
              {fact}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}

function stationsOf(
  processes: readonly ProcessFacts[],
  at: readonly [number, number] | undefined,
  received: number,
): Station[] {
  const recording = processes.flatMap(({ lifecycle }) => lifecycle ?? []);
  const gateways = processes.flatMap(({ gateway }) => gateway ?? []);
  const queries = processes.flatMap(({ query }) => query ?? []);
  const known = (isKnown: boolean, ...facts: string[]) => (isKnown ? facts : []);
  const topics = recording.flatMap((one) => one.topics);
  const own = recording.flatMap((one) => one.partitions.filter(({ is_own }) => is_own));
  return [
    {
      name: 'Producers',
      does: 'say what happens: scheduled, started, counted, ended.',
      facts: known(recording.length > 0, `door: ${rate(sum(recording, ({ door }) => door.events_per_second))}`),
    },
    {
      name: 'Kafka',
      does: 'keeps what they said, in order, on every replica.',
      facts: known(
        recording.length > 0,
        rate(sum(topics, (one) => one.records_per_second)),
        `${sum(own, ({ lag }) => lag)} waiting`,
      ),
    },
    {
      name: 'Recording',
      does: 'folds each event into the record in Postgres, in any order, each once.',
      facts: known(recording.length > 0, amountText(recording.length, 'process', 'processes')),
    },
    {
      name: 'Projection',
      does: 'is the live copy in Redis, numbered change by change.',
      facts: at ? [`at ${at.join('.')}`] : [],
    },
    {
      name: 'Gateways',
      does: 'follow it, and push each change once to all who asked the same.',
      facts: known(
        gateways.length > 0,
        amountText(
          sum(gateways, ({ sockets }) => sockets),
          'socket',
        ),
        amountText(
          sum(gateways, ({ views_total }) => views_total),
          'view',
        ),
      ),
    },
    {
      name: 'REST',
      does: 'answers everybody else from the same position.',
      facts: known(queries.length > 0, rate(sum(queries, (one) => one.requests_per_second))),
    },
    { name: 'This browser', does: 'applies each frame to what it holds.', facts: [`${received} frames so far`] },
  ];
}
