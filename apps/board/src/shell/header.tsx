import { KeyRound, Moon, Search, Sun } from 'lucide-react';
import { useState } from 'react';
import { Link, useRoute } from 'wouter';
import { useApiKey } from '../api/api-key';
import { useHeadline } from '../live/use-headline';
import { FreshnessBadge } from './freshness-badge';
import styles from './header.module.css';
import type { Opened } from './opened';
import { chooseTheme, theme } from './theme';

const PAGES = [
  ['/', 'Now'],
  ['/schedule', 'Schedule'],
  ['/how', 'How it works'],
  ['/ops', 'Operations'],
] as const;
const isMac = navigator.platform.startsWith('Mac');

export function Header({ open }: { open: (opened: Opened) => void }) {
  const headline = useHeadline();
  const hasKey = useApiKey() !== null;
  return (
    <header className={styles.header}>
      <div className={styles.bar}>
        <Link href="/" className={styles.brand} aria-label="Marquee, to what is on now">
          <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <rect x="1" y="4" width="20" height="14" rx="4" className={styles.sign} />
            <circle cx="6.2" cy="11" r="1.9" className={styles.bulb} />
            <circle cx="11" cy="11" r="1.9" className={styles.bulb} />
            <circle cx="15.8" cy="11" r="1.9" className={styles.lit} />
          </svg>
          <span>Marquee</span>
        </Link>
        <nav className={styles.nav} aria-label="Pages">
          {PAGES.map(([path, name]) => (
            <Page key={path} path={path} name={name} />
          ))}
        </nav>
        <div className={styles.tools}>
          <FreshnessBadge headline={headline} />
          <button type="button" className={styles.find} onClick={() => open('finder')}>
            <Search size={15} aria-hidden="true" />
            <span className="unseen">Find a session, a room, a host or a page</span>
            <span className={styles.findText} aria-hidden="true">
              Find
            </span>
            <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
          <ThemeButton />
          <button
            type="button"
            className={styles.icon}
            data-on={hasKey || undefined}
            onClick={() => open('keys')}
            aria-label={hasKey ? 'Keys: an API key is used' : 'Keys: the API key, and the keyboard'}
          >
            <KeyRound size={16} aria-hidden="true" />
          </button>
        </div>
      </div>
    </header>
  );
}

function Page({ path, name }: { path: string; name: string }) {
  const [isHere] = useRoute(path);
  return (
    <Link href={path} className={styles.page} aria-current={isHere ? 'page' : undefined}>
      {name}
    </Link>
  );
}

function ThemeButton() {
  const [shown, show] = useState(theme);
  const other = shown === 'dark' ? 'light' : 'dark';
  const choose = () => {
    chooseTheme(other);
    show(other);
  };
  return (
    <button type="button" className={styles.icon} onClick={choose} aria-label={`To the ${other} theme`}>
      {shown === 'dark' ? <Sun size={16} aria-hidden="true" /> : <Moon size={16} aria-hidden="true" />}
    </button>
  );
}
