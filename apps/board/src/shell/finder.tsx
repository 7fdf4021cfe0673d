import {
  CalendarDays,
  ChartNoAxesColumn,
  type LucideIcon,
  Radio,
  Route as RouteIcon,
  Search,
  User,
  Video,
} from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { useAnswer } from '../api/use-answer';
import { titleText } from '../live/title-text';
import { shortCountText } from '../live/count-text';
import { StateMark } from '../parts/state-mark';
import type { RestSession } from '../sdk';
import { Dialog } from './dialog';
import styles from './finder.module.css';

interface Found {
  key: string;
  to: string;
  icon: LucideIcon;
  name: string;
  more: ReactNode;
}

const PAGES: readonly Found[] = [
  { key: '/', to: '/', icon: Radio, name: 'Now', more: 'what is on' },
  { key: '/schedule', to: '/schedule', icon: CalendarDays, name: 'Schedule', more: 'what comes' },
  { key: '/how', to: '/how', icon: RouteIcon, name: 'How it works', more: 'the way of an event' },
  { key: '/ops', to: '/ops', icon: ChartNoAxesColumn, name: 'Operations', more: 'with a key' },
];
const MOST = 3;

/** Finds a session, a room, a host or a page by what is typed. */
export default function Finder({ close }: { close: () => void }) {
  const [typed, type] = useState('');
  const [chosen, choose] = useState(0);
  const [, go] = useLocation();
  const listId = useId();
  const words = useDeferredValue(typed.trim());
  const { data, refusal } = useAnswer<{ sessions: RestSession[] }>(words ? pathOf(words) : null);
  const found = words ? [...foundIn(data?.sessions ?? [], words), ...pagesNamed(words)] : PAGES;
  const at = Math.min(chosen, found.length - 1);
  const open = (one: Found | undefined) => {
    if (!one) return;
    close();
    go(one.to);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) choose((at + step + found.length) % found.length);
    else if (event.key === 'Enter') open(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Find" close={close}>
      <div className={styles.field}>
        <Search size={18} aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found[at] && `${listId}-${at}`}
          aria-label="Find a session, a room, a host or a page"
          placeholder="A session, a room, a host, a page"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={({ target }) => {
            type(target.value);
            choose(0);
          }}
          onKeyDown={press}
        />
      </div>
      <ul id={listId} role="listbox" aria-label="Found" className={styles.list}>
        {found.map(({ icon: Icon, ...one }, index) => (
          <li
            key={one.key}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.found}
            onPointerMove={() => choose(index)}
            onClick={() => open({ icon: Icon, ...one })}
          >
            <Icon size={16} aria-hidden="true" />
            <span className={styles.name}>{one.name}</span>
            <span className={styles.more}>{one.more}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className={styles.none}>{refusal ? refusal.error : data ? 'Nothing has these words.' : 'Looking…'}</p>
      )}
    </Dialog>
  );
}

function pathOf(words: string): string {
  return `/sessions?${String(new URLSearchParams({ q: words, status: 'live,scheduled', limit: '20' }))}`;
}

/** Sessions, then the rooms and the hosts whose names have the words. */
function foundIn(sessions: readonly RestSession[], words: string): Found[] {
  const has = (name: string | null | undefined): name is string =>
    name?.toLowerCase().includes(words.toLowerCase()) === true;
  const rooms = new Map<string, Found>();
  const hosts = new Map<string, Found>();
  for (const { room } of sessions) {
    if (room && has(room.title)) {
      rooms.set(room.id, { key: room.id, to: `/?room_id=${room.id}`, icon: Video, name: room.title, more: 'room' });
    }
    if (room?.host && has(room.host.username)) {
      const { id, username } = room.host;
      hosts.set(id, { key: id, to: `/?host_id=${id}`, icon: User, name: username, more: 'host' });
    }
  }
  const some = [...hosts.values()].slice(0, MOST).concat([...rooms.values()].slice(0, MOST));
  const rest = sessions.slice(0, 10 - some.length).map(({ id, title, status, health, viewer_count }): Found => ({
    key: id,
    to: `/s/${id}`,
    icon: Radio,
    name: titleText(title),
    more: (
      <>
        {status === 'live' && shortCountText(viewer_count)} <StateMark status={status} health={health} />
      </>
    ),
  }));
  return [...some, ...rest];
}

function pagesNamed(words: string): readonly Found[] {
  return PAGES.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
}
