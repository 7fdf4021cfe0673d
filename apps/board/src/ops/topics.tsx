import type { LifecycleFacts } from '../api/facts';
import { ActForm } from './act-form';
import styles from './ops.module.css';
import { Section } from './section';
import { Table } from './table';

/** What is consumed, and how far behind; what is paused waits for a person. */
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
      {[...topics].map(([topic, consumers]) => {
        const why = consumers.find(({ paused }) => paused !== null)?.paused;
        if (!why) return null;
        return (
          <div key={topic} className={styles.paused}>
            <p>
              <code>{topic}</code> is paused: {why}. Resumed, what comes within ten minutes is taken, however much of it
              cannot be read.
            </p>
            <ActForm acts={[{ name: 'Resume', act: (said) => ({ what: 'resume', topic, why: said }) }]} done={noop} />
          </div>
        );
      })}
    </Section>
  );
}

/** The facts are asked again anyway. */
const noop = () => undefined;

function lagOf({ partitions }: LifecycleFacts, topic: string): number {
  return sum(partitions.filter((one) => one.topic === topic && one.is_own).map(({ lag }) => lag));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
