import type { Act } from '../api/admin';
import { useAnswer } from '../api/use-answer';
import { momentText } from '../time/clock-text';
import styles from './ops.module.css';
import { Section } from './section';
import { Table } from './table';

const EVERY_MS = 3000;

/** What operators did, why, and what came of it. */
export function Acts() {
  const { data, refusal } = useAnswer<{ acts: Act[] }>('/admin/acts?limit=50', { everyMs: EVERY_MS });
  return (
    <Section name="Acts">
      {refusal && <p className={styles.more}>{refusal.error}</p>}
      {data?.acts.length === 0 && <p className={styles.more}>Nobody has done anything here yet.</p>}
      {data && data.acts.length > 0 && (
        <Table head={['When', 'Who', 'What', 'Why', 'What came of it']}>
          {data.acts.map(({ id, asked_at, who, what, of, why, state, result, error }) => (
            <tr key={id}>
              <td>{momentText(asked_at)}</td>
              <td>{who}</td>
              <td>
                {what.replaceAll('_', ' ')} <code>{JSON.stringify(of)}</code>
              </td>
              <td>{why}</td>
              <td data-tone={state === 'failed' ? 'warn' : state === 'done' ? 'good' : undefined}>
                {state}
                {(error ?? result) && <code> {error ?? JSON.stringify(result)}</code>}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}
