import type { LifecycleFacts } from '../api/facts';
import { Section } from './section';
import { Table } from './table';

/** What is consumed, and how far behind. */
export function Topics({ processes }: { processes: readonly LifecycleFacts[] }) {
  const topics = Map.groupBy(
    processes.flatMap((one) => one.topics.map((topic) => ({ ...topic, lag: lagOf(one, topic.topic) }))),
    ({ topic }) => topic,
  );
  return (
    <Section name="Consumers">
      <Table head={['Topic', 'State', 'Partitions', 'Events a second', 'Lag']}>
        {[...topics].map(([topic, consumers]) => {
          const why = consumers.map(({ paused, park_reason }) => paused ?? park_reason).find((text) => text !== null);
          const states = [...new Set(consumers.map(({ consumer }) => consumer))].join(', ');
          return (
            <tr key={topic}>
              <td>
                <code>{topic}</code>
              </td>
              <td data-tone={why || states !== 'polling' ? 'warn' : 'good'}>{why ?? states}</td>
              <td>{sum(consumers.map(({ partitions }) => partitions))}</td>
              <td>{sum(consumers.map((one) => one.records_per_second)).toFixed(1)}</td>
              <td>{sum(consumers.map(({ lag }) => lag)).toLocaleString('en')}</td>
            </tr>
          );
        })}
      </Table>
    </Section>
  );
}

function lagOf({ partitions }: LifecycleFacts, topic: string): number {
  return sum(partitions.filter((one) => one.topic === topic && one.is_own).map(({ lag }) => lag));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
