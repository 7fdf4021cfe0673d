import { useMemo, useState } from 'react';
import { useApiKey } from '../api/api-key';
import { useAnswer } from '../api/use-answer';
import styles from './session-json.module.css';

type Seen = 'everybody' | 'key';

/** The session as REST gives it: to everybody, and to the key of this tab; what differs is marked. */
export function SessionJson({ id, version }: { id: string; version: string }) {
  const key = useApiKey();
  const [as, see] = useState<Seen>('everybody');
  const everybody = useLines(id, version, null);
  const known = useLines(id, version, key);
  const others = as === 'key' ? everybody : known;
  const lines = as === 'key' ? known : everybody;
  return (
    <section aria-label="Its JSON">
      <div className={styles.head}>
        <h2>Its JSON</h2>
        <div role="group" aria-label="As whom" className={styles.who}>
          <button type="button" aria-pressed={as === 'everybody'} onClick={() => see('everybody')}>
            As everybody
          </button>
          <button type="button" aria-pressed={as === 'key'} onClick={() => see('key')}>
            With a key
          </button>
        </div>
      </div>
      {as === 'key' && key === null ? (
        <p className={styles.without}>
          A key of the scope <code>sessions:private</code> shows the same fields, with what is masked here: the host’s
          e-mail, external id and organization.
        </p>
      ) : (
        <pre
          className={styles.json}
          tabIndex={0}
          aria-label={as === 'key' ? 'As the key sees it' : 'As everybody sees it'}
        >
          {lines.map((line, place) => (
            <span key={place} data-differs={(key !== null && others[place] !== line) || undefined}>
              {line}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      <p className={styles.call}>
        <code>
          curl -s {as === 'key' && "-H 'X-API-Key: …' "}
          {location.origin}/sessions/{id}
        </code>
      </p>
    </section>
  );
}

function useLines(id: string, version: string, key: string | null): string[] {
  const { data } = useAnswer<object>(`/sessions/${id}`, { again: version, key });
  return useMemo(() => (data ? JSON.stringify(data, null, 2).split('\n') : []), [data]);
}
