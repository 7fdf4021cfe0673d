import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useSettings } from '../shell/settings-context';
import { callsOf } from './calls';
import type { Question } from './question';
import { FramesDrawer } from './frames-drawer';
import styles from './this-page.module.css';

/** The calls that made this page: whoever wants the same copies one. */
export default function ThisPage({ question }: { question: Question }) {
  const { gateway } = useSettings();
  const calls = callsOf(question, { api: location.origin, gateway });
  const [shown, show] = useState(0);
  const call = calls[shown] ?? calls[0];
  return (
    <footer className={styles.foot} aria-label="The calls that made this page">
      <div className={styles.head}>
        <h2>This page is</h2>
        <div role="group" aria-label="Which call" className={styles.names}>
          {calls.map(({ name }, index) => (
            <button key={name} type="button" aria-pressed={index === shown} onClick={() => show(index)}>
              {name}
            </button>
          ))}
        </div>
        <CopyButton text={call.text} />
      </div>
      <pre tabIndex={0} aria-label={call.name}>
        {call.text}
      </pre>
      <FramesDrawer />
    </footer>
  );
}

function CopyButton({ text }: { text: string }) {
  const [isDone, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" className={styles.copy} onClick={() => void copy()}>
      {isDone ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      <span role="status">{isDone ? 'Copied' : 'Copy'}</span>
    </button>
  );
}
