import { ChevronDown, LayoutGrid, Rows3, Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { countText } from '../live/count-text';
import { useAnswer } from '../api/use-answer';
import type { RestSession } from '../sdk';
import styles from './filters.module.css';
import { type Filter, type Question, asked } from '../live/question';
import type { ChangeQuestion } from './use-question';
import type { Layout } from './layout';

const STATUSES = [
  ['live', 'Live'],
  ['scheduled', 'Scheduled'],
  ['live,scheduled', 'Both'],
  ['ended', 'Ended'],
] as const;
const SORTS = [
  ['viewer_count', 'Most watched'],
  ['started_at', 'Newest'],
  ['scheduled_start_time', 'By schedule'],
  ['max_viewers', 'Highest peak'],
] as const;
const LEAST = ['10', '100', '1000', '10000'] as const;
const MODES = [
  ['webcam', 'Webcam'],
  ['rtmp', 'RTMP'],
] as const;
/** A word is looked for when nothing was typed for so long. */
const TYPED_MS = 200;

export interface FiltersProps {
  question: Question;
  change: ChangeQuestion;
  layout: Layout;
  setLayout: (layout: Layout) => void;
  /** undefined: not known yet. */
  total: number | undefined;
  isTotalExact: boolean;
  note: string | undefined;
}

export function Filters({ question, change, layout, setLayout, total, isTotalExact, note }: FiltersProps) {
  const { status, sort } = asked(question);
  return (
    <div className={styles.filters}>
      <div className={styles.line}>
        <div role="group" aria-label="Which sessions" className={styles.statuses}>
          {STATUSES.map(([value, name]) => (
            <button
              key={value}
              type="button"
              aria-pressed={status === value}
              onClick={() => change({ status: value === 'live' ? '' : value, sort: '', order: '' })}
            >
              {name}
            </button>
          ))}
        </div>
        <SearchField value={question.q ?? ''} change={change} />
        <div className={styles.end}>
          <Choice
            label="Watched by at least"
            none="Any audience"
            value={question.min_viewers}
            choices={LEAST.map((n) => [n, `${countText(Number(n))}+ watching`])}
            choose={(min_viewers) => change({ min_viewers })}
          />
          <Choice
            label="Mode"
            none="Any mode"
            value={question.mode}
            choices={MODES}
            choose={(mode) => change({ mode })}
          />
          <Choice label="Order" value={sort} choices={SORTS} choose={(chosen) => change({ sort: chosen, order: '' })} />
          <div role="group" aria-label="How the list looks" className={styles.views}>
            <button
              type="button"
              aria-label="Table"
              aria-pressed={layout === 'table'}
              onClick={() => setLayout('table')}
            >
              <Rows3 size={16} aria-hidden="true" />
            </button>
            <button
              type="button"
              aria-label="Cards"
              aria-pressed={layout === 'cards'}
              onClick={() => setLayout('cards')}
            >
              <LayoutGrid size={16} aria-hidden="true" />
            </button>
          </div>
        </div>
      </div>
      <div className={styles.said}>
        <span role="status">
          {total !== undefined &&
            `${isTotalExact ? '' : 'about '}${countText(total)} ${total === 1 ? 'session' : 'sessions'}`}
        </span>
        <NamedFilter
          name="host_id"
          question={question}
          change={change}
          of={({ room }) => room?.host?.username}
          label="Host"
        />
        <NamedFilter name="room_id" question={question} change={change} of={({ room }) => room?.title} label="Room" />
        <NamedFilter name="library_id" question={question} change={change} of={() => undefined} label="Library" />
        <span className={styles.note}>{note}</span>
      </div>
    </div>
  );
}

function SearchField({ value, change }: { value: string; change: ChangeQuestion }) {
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => change({ q: typed.trim() }, { replace: true }), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, value, change]);
  return (
    <label className={styles.search}>
      <Search size={15} aria-hidden="true" />
      <input
        data-search
        type="search"
        aria-label="Words in the title, the description, the room or the host"
        placeholder="Filter by words"
        value={typed}
        onChange={({ target }) => type(target.value)}
        onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

interface ChoiceProps {
  label: string;
  none?: string;
  value: string | undefined;
  choices: readonly (readonly [value: string, name: string])[];
  choose: (value: string) => void;
}

function Choice({ label, none, value = '', choices, choose }: ChoiceProps) {
  const isOther = value !== '' && !choices.some(([one]) => one === value);
  return (
    <label className={styles.choice} data-on={(none !== undefined && value !== '') || undefined}>
      <select aria-label={label} value={value} onChange={({ target }) => choose(target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {isOther && <option value={value}>{value}</option>}
        {choices.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden="true" />
    </label>
  );
}

interface NamedFilterProps {
  name: Filter;
  label: string;
  question: Question;
  change: ChangeQuestion;
  of: (session: RestSession) => string | null | undefined;
}

/** A filter by id, shown by the name that it stands for, and taken away with a press. */
function NamedFilter({ name, label, question, change, of }: NamedFilterProps) {
  const id = question[name];
  const { data } = useAnswer<{ sessions: RestSession[] }>(
    id ? `/sessions?${name}=${encodeURIComponent(id)}&limit=1` : null,
  );
  if (!id) return null;
  const [session] = data?.sessions ?? [];
  const shown = (session && of(session)) ?? `${id.slice(0, 8)}…`;
  return (
    <button
      type="button"
      className={styles.named}
      onClick={() => change({ [name]: '' })}
      aria-label={`${label} ${shown}: take this filter away`}
    >
      {label} <strong>{shown}</strong>
      <X size={13} aria-hidden="true" />
    </button>
  );
}
