import { useState } from 'react';
import { type Outlook, type Quarantined, type QuarantineList, bytesOf } from '../api/admin';
import { askRest } from '../api/rest';
import { useAnswer } from '../api/use-answer';
import { momentText } from '../time/clock-text';
import { ActForm } from './act-form';
import { RangeRow } from './range-row';
import styles from './ops.module.css';
import { Section } from './section';

const EVERY_MS = 5000;
const LIST = '/admin/quarantine?limit=50';

/** What could not be taken: its bytes, what a replay would do, and the two ways out. */
export function Quarantine() {
  const [acted, setActed] = useState(0);
  // Where the pages up to this one began.
  const [begins, setBegins] = useState<readonly string[]>([]);
  const after = begins.at(-1);
  const { data, refusal } = useAnswer<QuarantineList>(after === undefined ? LIST : `${LIST}&after=${after}`, {
    everyMs: EVERY_MS,
    again: acted,
  });
  const done = () => setActed((n) => n + 1);
  const waiting = data && data.total + data.ranges.reduce((sum, { messages }) => sum + messages, 0);
  const next = data?.next_after;
  return (
    <Section name="Quarantine" more={waiting?.toLocaleString('en')}>
      {refusal && <p className={styles.more}>{refusal.error}</p>}
      {waiting === 0 && <p className={styles.more}>Nothing waits here: all that came could be read.</p>}
      <ol className={styles.rows}>
        {after === undefined && data?.ranges.map((range) => <RangeRow key={range.id} range={range} done={done} />)}
        {data?.rows.map((row) => (
          <Row key={row.id} row={row} done={done} />
        ))}
      </ol>
      {(after !== undefined || next) && (
        <p className={styles.pages}>
          <button type="button" disabled={after === undefined} onClick={() => setBegins(begins.slice(0, -1))}>
            Older ones
          </button>
          <button type="button" disabled={!next} onClick={() => next && setBegins([...begins, next])}>
            Newer ones
          </button>
          <span>{data && `${data.rows.length} of ${data.total.toLocaleString('en')} messages`}</span>
        </p>
      )}
    </Section>
  );
}

function Row({ row, done }: { row: Quarantined; done: () => void }) {
  const [seen, setSeen] = useState<{ bytes: string; outlook: string }>();
  const look = async () => {
    const [bytes, outlook] = await Promise.all([
      bytesOf(row.id),
      askRest<Outlook>(`/admin/quarantine/${row.id}/outlook`),
    ]);
    setSeen({ bytes, outlook: outlook.ok ? outlookText(outlook.data) : outlook.refusal.error });
  };
  return (
    <li>
      <details className={styles.row} onToggle={({ currentTarget }) => currentTarget.open && !seen && void look()}>
        <summary>
          <strong>{row.reason}</strong>
          <span>{row.error}</span>
          <code>{`${row.topic} / ${row.partition} @ ${row.offset}`}</code>
          <time dateTime={row.received_at}>{momentText(row.received_at)}</time>
        </summary>
        <div className={styles.inside} aria-live="polite">
          <p>
            From <code>{row.source || 'nobody named'}</code>, {row.size ?? 0} bytes, replayed {row.tries} times.
            {row.last_error && ` The last time: ${row.last_error}`}
          </p>
          {seen && (
            <>
              <pre tabIndex={0} aria-label="Its bytes">
                {seen.bytes}
              </pre>
              <p>
                <strong>A replay now: </strong>
                {seen.outlook}
              </p>
            </>
          )}
          <ActForm
            acts={[
              { name: 'Replay', act: (why) => ({ what: 'replay', ids: [row.id], why }) },
              { name: 'Discard', act: (why) => ({ what: 'discard', ids: [row.id], why }) },
            ]}
            done={done}
          />
        </div>
      </details>
    </li>
  );
}

function outlookText(outlook: Outlook): string {
  switch (outlook.would) {
    case 'refuse':
      return `it would stay here: ${outlook.reason}, ${outlook.error}`;
    case 'unknown':
      return `it is not known: ${outlook.why}`;
    default: {
      const changes = outlook.changes.map(
        ({ field, from, to }) => `${field} from ${JSON.stringify(from)} to ${JSON.stringify(to)}`,
      );
      return `it would be recorded as ${outlook.did ?? 'taken'}; ${changes.join(', ') || 'nothing that is shown would change'}.`;
    }
  }
}
