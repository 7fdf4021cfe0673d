import type { ProcessFacts } from '../api/facts';
import { amountText } from '../live/amount-text';
import { agoText } from '../time/until';
import { useNow } from '../time/use-now';
import styles from './ops.module.css';
import { Section } from './section';
import { Table } from './table';

/** Every process that is up, and what it finds wrong. */
export function Processes({
  processes,
  unreadable,
}: {
  processes: readonly ProcessFacts[];
  unreadable: readonly string[];
}) {
  const now = useNow();
  return (
    <Section name="Processes">
      <Table head={['Process', 'State', 'Up', 'CPU', 'Memory', 'Loop p99', 'Does']}>
        {processes.map((one) => (
          <tr key={one.instance}>
            <td>
              <strong>{one.service}</strong> <small>{one.instance}</small>
            </td>
            <td data-tone={one.ready && troubleOf(one) === '' ? 'good' : 'warn'}>
              {troubleOf(one) || (one.ready ? 'ready' : 'not ready')}
            </td>
            <td>{agoText(now * 1000 - one.uptime_seconds * 1000, now)}</td>
            <td>{`${Math.round(one.cpu * 100)} %`}</td>
            <td>{`${Math.round(one.memory.rss / 1e6)} MB`}</td>
            <td>{`${one.loop_lag.p99_ms.toFixed(1)} ms`}</td>
            <td>{doesOf(one)}</td>
          </tr>
        ))}
      </Table>
      {unreadable.length > 0 && (
        <p className={styles.more}>Of another version, so not read: {unreadable.join(', ')}.</p>
      )}
    </Section>
  );
}

function troubleOf({ checks }: ProcessFacts): string {
  return checks
    .flatMap(({ name, error, degraded }) => ((error ?? degraded) ? [`${name}: ${error ?? degraded}`] : []))
    .join('; ');
}

function doesOf({ lifecycle, query, gateway }: ProcessFacts): string {
  if (gateway) return `${amountText(gateway.sockets, 'socket')}, ${amountText(gateway.views_total, 'view')}`;
  if (query)
    return `${query.requests_per_second.toFixed(1)} requests a second, p99 ${query.p99_ms === null ? '–' : `${query.p99_ms.toFixed(0)} ms`}`;
  if (!lifecycle) return '';
  const { epoch, seq, sessions, is_stale } = lifecycle.projection;
  return `projection at ${epoch}.${seq}, ${amountText(sessions, 'session')}${is_stale ? ', stale' : ''}; outbox ${lifecycle.outbox.rows}`;
}
