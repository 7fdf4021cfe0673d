import { CalendarOff, Moon, OctagonX, SearchX } from 'lucide-react';
import { Link } from 'wouter';
import type { Sessions } from '../live/use-live-rows';
import { Notice } from '../parts/notice';
import { FILTERS, type Question, asked } from '../live/question';
import styles from './session-list.module.css';
import type { ChangeQuestion } from './use-question';

const PLACEHOLDERS = Array.from({ length: 10 }, (_, place) => place);

/** What stands where the rows would. */
export function ListNotice({
  sessions,
  question,
  change,
}: {
  sessions: Sessions;
  question: Question;
  change: ChangeQuestion;
}) {
  const filters = FILTERS.filter((name) => name !== 'status' && question[name]);
  const clear = () => change(Object.fromEntries(filters.map((name) => [name, ''])));
  if (sessions.state === 'loading') {
    return (
      <div className={styles.placeholders} aria-busy="true">
        <p className="unseen" role="status">
          Loading the list
        </p>
        {PLACEHOLDERS.map((place) => (
          <span key={place} className={styles.placeholder} />
        ))}
      </div>
    );
  }
  if (sessions.state === 'refused') {
    return (
      <Notice icon={OctagonX} title="This question is not answered" tone="warn">
        <p>{sessions.refusal?.error}</p>
        {sessions.refusal?.details?.map(({ parameter, message }) => (
          <p key={parameter}>
            <code>{parameter}</code> {message}
          </p>
        ))}
        <p>
          <Link href="/">Ask for what is on now</Link>
        </p>
      </Notice>
    );
  }
  if (filters.length > 0) {
    return (
      <Notice icon={SearchX} title="Nothing matches">
        <p>
          <button type="button" onClick={clear}>
            Take the filters away
          </button>
        </p>
      </Notice>
    );
  }
  if (asked(question).status === 'scheduled') {
    return <Notice icon={CalendarOff} title="Nothing is scheduled" />;
  }
  return (
    <Notice icon={Moon} title={asked(question).status === 'live' ? 'Nobody is on air' : 'Nothing is here yet'}>
      <p>The first session shows here the moment it starts; this page need not be reloaded.</p>
    </Notice>
  );
}
