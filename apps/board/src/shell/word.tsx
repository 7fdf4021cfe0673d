import type { ReactNode } from 'react';
import styles from './word.module.css';

/** A short word at the foot of the window, whatever page is shown. */
export function Word({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className={styles.word}>
      {children}
    </div>
  );
}
