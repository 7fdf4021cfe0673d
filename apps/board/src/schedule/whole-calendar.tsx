import { CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import { allScheduled } from './all-scheduled';
import { saveCalendar } from './save-calendar';
import styles from './schedule.module.css';

/** All that is announced as one file, also what the page does not show yet; and a word where it cannot be had, or is too much. */
export function WholeCalendar() {
  const [isAsking, setAsking] = useState(false);
  const [said, say] = useState('');
  const save = async () => {
    setAsking(true);
    const all = await allScheduled();
    setAsking(false);
    if (!all.ok) return say(`The schedule could not be had: ${all.refusal.error}.`);
    saveCalendar(all.rows, 'marquee');
    say(all.isWhole ? '' : `There is more: the file has the first ${all.rows.length.toLocaleString('en')}.`);
  };
  return (
    <div className={styles.whole}>
      <button type="button" className={styles.calendar} onClick={() => void save()} disabled={isAsking}>
        <CalendarPlus size={15} aria-hidden="true" />
        All of it as a calendar
      </button>
      <p role="status">{said}</p>
    </div>
  );
}
