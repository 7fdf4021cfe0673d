import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

export interface NoticeProps {
  icon: LucideIcon;
  title: string;
  /** `warn`: something is wrong; else it is as it should be. */
  tone?: 'calm' | 'warn';
  children?: ReactNode;
}

/** What stands where a list or a session would: nothing is there, and why. */
export function Notice({ icon: Icon, title, tone = 'calm', children }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === 'warn' ? 'alert' : undefined}>
      <span className={styles.icon}>
        <Icon size={22} strokeWidth={1.6} aria-hidden="true" />
      </span>
      <h2>{title}</h2>
      <div className={styles.text}>{children}</div>
    </div>
  );
}
