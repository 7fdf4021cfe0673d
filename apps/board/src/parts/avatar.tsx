import { memo } from 'react';
import styles from './avatar.module.css';

/** The first letter of a name on a colour of its own: the same name, the same colour. */
export const Avatar = memo(function Avatar({ name, size = 36 }: { name: string | null; size?: number }) {
  const letter = /[\p{L}\p{N}]/u.exec(name ?? '')?.[0] ?? '·';
  return (
    <span
      className={styles.avatar}
      style={{ '--hue': hueOf(name ?? ''), '--size': `${size}px` } as object}
      aria-hidden="true"
    >
      {letter.toUpperCase()}
    </span>
  );
});

function hueOf(name: string): number {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360_007;
  return hash % 360;
}
