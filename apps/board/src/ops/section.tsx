import type { ReactNode } from 'react';
import styles from './ops.module.css';

export function Section({ name, more, children }: { name: string; more?: ReactNode; children: ReactNode }) {
  const id = name.toLowerCase().replace(/\W+/g, '-');
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>
        {name} {more !== undefined && <span>{more}</span>}
      </h2>
      {children}
    </section>
  );
}
