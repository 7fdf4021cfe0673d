import { useState } from 'react';
import { CopyText } from '../parts/copy-text';
import { useSettings } from '../shell/settings-context';
import { callsOf } from './calls';
import type { Question } from '../live/question';
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
        <CopyText text={call.text} />
      </div>
      <pre tabIndex={0} aria-label={call.name}>
        {call.text}
      </pre>
      <FramesDrawer />
    </footer>
  );
}
