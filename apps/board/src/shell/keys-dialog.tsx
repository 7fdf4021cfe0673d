import { type FormEvent, useState } from 'react';
import { setApiKey, useApiKey, useIsKeyUnknown } from '../api/api-key';
import { keyFault } from '../api/key-fault';
import { Dialog } from './dialog';
import styles from './keys-dialog.module.css';

const KEYBOARD = [
  ['Ctrl K or ⌘K', 'find a session, a room, a host, a page'],
  ['/', 'search this list'],
  ['↓ ↑ or j k', 'from row to row'],
  ['Enter', 'open the session'],
  ['g then n s h o', 'to Now, Schedule, How it works, Operations'],
  ['?', 'this'],
] as const;

/** The key that requests are sent with, and the keys of the keyboard. */
export default function KeysDialog({ close }: { close: () => void }) {
  const key = useApiKey();
  const isUnknown = useIsKeyUnknown();
  const [typed, type] = useState('');
  const pasted = typed.trim();
  const fault = keyFault(pasted);
  const use = (event: FormEvent) => {
    event.preventDefault();
    if (fault !== undefined) return;
    setApiKey(pasted || null);
    type('');
  };
  return (
    <Dialog label="Keys" close={close}>
      <section className={styles.part}>
        <h2>API key</h2>
        <p>
          Without one you see what everybody sees. A key of the scope <code>events:read</code> shows what each event
          did, <code>sessions:private</code> the private fields, <code>events:write</code> may send. It stays in this
          tab, and is gone with it.
        </p>
        {key === null ? (
          <form onSubmit={use} className={styles.form}>
            <input
              type="password"
              autoComplete="off"
              aria-label="API key"
              placeholder="Paste a key"
              value={typed}
              onChange={({ target }) => type(target.value)}
              aria-invalid={fault !== undefined}
            />
            <button type="submit" disabled={fault !== undefined}>
              Use it
            </button>
          </form>
        ) : (
          <div className={styles.form}>
            <code className={styles.key}>{`${key.slice(0, 4)}…${key.slice(-4)}`}</code>
            <button type="button" onClick={() => setApiKey(null)}>
              Forget it
            </button>
          </div>
        )}
        <p role="status" className={styles.fault}>
          {fault ?? (isUnknown && 'This key is not known, or it was revoked.')}
        </p>
      </section>
      <section className={styles.part}>
        <h2>Keyboard</h2>
        <dl className={styles.keyboard}>
          {KEYBOARD.map(([keys, does]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
    </Dialog>
  );
}
