import { useState } from 'react';
import type { Key } from '../api/admin';
import { useAnswer } from '../api/use-answer';
import { momentText } from '../time/clock-text';
import { ActForm } from './act-form';
import styles from './ops.module.css';
import { Section } from './section';

const EVERY_MS = 10_000;

/** Who may do what, and as which sources. */
export function Keys() {
  const [done, setDone] = useState(0);
  const { data, refusal } = useAnswer<{ keys: Key[] }>('/admin/keys', { everyMs: EVERY_MS, again: done });
  return (
    <Section name="Keys" more={data?.keys.length}>
      {refusal && <p className={styles.more}>{refusal.error}</p>}
      {data?.keys.length === 0 && (
        <p className={styles.more}>
          None but those of the configuration. <code>npm run keys -- create --name studio --scopes events:write</code>{' '}
          makes one.
        </p>
      )}
      <ol className={styles.rows}>
        {data?.keys.map(({ id, name, scopes, sources, created_at, revoked_at }) => (
          <li key={id}>
            <details className={styles.row} data-state={revoked_at ? 'over' : undefined}>
              <summary>
                <strong>{name}</strong>
                <span>{scopes.join(', ')}</span>
                <code>{sources ? sources.join(', ') : 'every source'}</code>
                <time dateTime={revoked_at ?? created_at}>
                  {revoked_at ? `revoked ${momentText(revoked_at)}` : momentText(created_at)}
                </time>
              </summary>
              {revoked_at === null && (
                <div className={styles.inside}>
                  <ActForm
                    acts={[{ name: 'Revoke', act: (why) => ({ what: 'revoke_key', id, why }) }]}
                    done={() => setDone((n) => n + 1)}
                  />
                </div>
              )}
            </details>
          </li>
        ))}
      </ol>
    </Section>
  );
}
