import type { OperatorNumber } from '../api/facts';
import { msText, shareText, wholeText } from './number-text';
import styles from './ops.module.css';

interface Shown {
  name: string;
  text: (value: number) => string;
}

const NAMES: Readonly<Record<string, Shown>> = {
  start_to_browser_p99_ms: { name: 'Start to browser, p99', text: msText },
  rest_p99_ms: { name: 'REST, p99', text: msText },
  rest_errors: { name: 'REST errors, last minute', text: shareText },
  lag: { name: 'Lag', text: wholeText },
  fresh_age_ms: { name: 'Freshness', text: msText },
  differences: { name: 'Differences found by verify', text: wholeText },
  quarantine_open: { name: 'In quarantine', text: wholeText },
};

/** The numbers that the whole is held against, each beside its goal; below them, why one is not known. */
export function Numbers({ numbers }: { numbers: readonly OperatorNumber[] }) {
  return (
    <>
      <dl className={styles.numbers}>
        {numbers.map(({ name, value, goal, is_met }) => {
          const shown = shownOf(name);
          if (value === null) return null;
          return (
            <div key={name} data-met={is_met ?? 'unknown'}>
              <dt>{shown.name}</dt>
              <dd>
                <strong>{shown.text(value)}</strong>
                <span>{`${is_met ? 'within' : 'goal:'} ${shown.text(goal)}`}</span>
              </dd>
            </div>
          );
        })}
      </dl>
      <ul className={styles.unknown}>
        {numbers.map(({ name, value, why }) =>
          value === null ? (
            <li key={name}>
              <strong>{shownOf(name).name}</strong> is not known: <WithCode text={why ?? 'nobody says why'} />
            </li>
          ) : null,
        )}
      </ul>
    </>
  );
}

function shownOf(name: string): Shown {
  return NAMES[name] ?? { name, text: wholeText };
}

/** What stands between backticks is a command. */
function WithCode({ text }: { text: string }) {
  return text.split('`').map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part));
}
