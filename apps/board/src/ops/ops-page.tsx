import { KeyRound, OctagonX } from 'lucide-react';
import { useContext } from 'react';
import { useApiKey } from '../api/api-key';
import { useFacts } from '../api/use-facts';
import { Notice } from '../parts/notice';
import { OpenContext } from '../shell/open-context';
import { preciseClockText } from '../time/clock-text';
import { Acts } from './acts';
import { Keys } from './keys';
import { Numbers } from './numbers';
import styles from './ops.module.css';
import { Processes } from './processes';
import { Quarantine } from './quarantine';
import { Topics } from './topics';
import { Views } from './views';

/** For operators: how the whole is against its goals, what each process does, and what waits for a person. */
export default function OpsPage() {
  const hasKey = useApiKey() !== null;
  const { data, refusal } = useFacts();
  const open = useContext(OpenContext);
  if (!hasKey || (refusal && !data)) {
    return (
      <>
        <h1 className="unseen">Operations</h1>
        <Notice
          icon={hasKey ? OctagonX : KeyRound}
          title={hasKey ? 'It cannot be shown' : 'This page needs a key'}
          tone={hasKey ? 'warn' : 'calm'}
        >
          <p>
            {refusal?.error ?? (
              <>
                Of the scope <code>admin:read</code>; what is done here needs <code>admin:act</code>.
              </>
            )}
          </p>
          <p>
            <button type="button" onClick={() => open('keys')}>
              {hasKey ? 'Use another key' : 'Use a key'}
            </button>
          </p>
        </Notice>
      </>
    );
  }
  if (!data) {
    return (
      <div className={styles.loading} aria-busy="true">
        <h1 className="unseen">Operations</h1>
      </div>
    );
  }
  const of = <K extends 'lifecycle' | 'gateway'>(name: K) => data.processes.flatMap((one) => one[name] ?? []);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Operations</h1>
        <p>What the processes said of themselves at {preciseClockText(data.at)}.</p>
        <p role="status" className={styles.old}>
          {refusal && `That is old: nothing newer is answered. It is asked again; the last try: ${refusal.error}`}
        </p>
      </header>
      <div className={styles.facts} data-old={refusal !== undefined || undefined}>
        <Numbers numbers={data.numbers} />
        <Processes processes={data.processes} unreadable={data.unreadable} />
        <Topics processes={of('lifecycle')} />
        <Views gateways={of('gateway')} />
      </div>
      <Quarantine />
      <Keys />
      <Acts />
    </div>
  );
}
