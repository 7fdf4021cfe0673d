import type { OperatorNumber } from '../api/facts';
import styles from './ops.module.css';

interface Shown {
  name: string;
  text: (value: number) => string;
}

const ms = (value: number) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const plain = (value: number) => value.toLocaleString('en');
const NAMES: Readonly<Record<string, Shown>> = {
  start_to_browser_p99_ms: { name: 'Start to browser, p99', text: ms },
  rest_p99_ms: { name: 'REST, p99', text: ms },
  rest_errors: { name: 'REST errors, last minute', text: plain },
  lag: { name: 'Lag', text: plain },
  fresh_age_ms: { name: 'Freshness', text: ms },
  differences: { name: 'Differences found by verify', text: plain },
  quarantine_open: { name: 'In quarantine', text: plain },
};

/** The numbers that the whole is held against, each beside its goal. */
export function Numbers({ numbers }: { numbers: readonly OperatorNumber[] }) {
  return (
    <dl className={styles.numbers}>
      {numbers.map(({ name, value, goal, is_met, why }) => {
        const shown = NAMES[name] ?? { name, text: plain };
        return (
          <div key={name} data-met={is_met ?? 'unknown'}>
            <dt>{shown.name}</dt>
            <dd>
              <strong>{value === null ? '–' : shown.text(value)}</strong>
              <span>{why ?? (is_met ? `within ${shown.text(goal)}` : `goal: ${shown.text(goal)}`)}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
