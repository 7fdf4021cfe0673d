import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copied } from './copied';
import styles from './copy-text.module.css';

const SAID_MS = 1500;
const BY_HAND_MS = 6000;
const WORDS = { idle: 'Copy', done: 'Copied', failed: 'Not copied: select the text, and press Ctrl C or ⌘C' } as const;

/** Copies a text, and says for a moment whether it did. */
export function CopyText({ text }: { text: string }) {
  const [state, setState] = useState<keyof typeof WORDS>('idle');
  const copy = async () => {
    const isDone = await copied(text);
    setState(isDone ? 'done' : 'failed');
    setTimeout(() => setState('idle'), isDone ? SAID_MS : BY_HAND_MS);
  };
  return (
    <span className={styles.place}>
      <button type="button" className={styles.copy} onClick={() => void copy()}>
        {state === 'done' ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
        {WORDS[state]}
      </button>
      <span role="status" className="unseen">
        {state !== 'idle' && WORDS[state]}
      </span>
    </span>
  );
}
