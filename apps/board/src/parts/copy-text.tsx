import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import styles from './copy-text.module.css';

const SAID_MS = 1500;

/** Copies a text, and says so for a moment. */
export function CopyText({ text }: { text: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), SAID_MS);
  };
  return (
    <button type="button" className={styles.copy} onClick={() => void copy()}>
      {isDone ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      <span role="status">{isDone ? 'Copied' : 'Copy'}</span>
    </button>
  );
}
