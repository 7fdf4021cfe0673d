import { ChevronRight } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { frames } from '../live/frames';
import type { DebugEvent } from '../sdk';
import { preciseClockText } from '../time/clock-text';
import styles from './frames-drawer.module.css';
import { type FrameLine, frameLine } from './frame-line';

/** The frames as they come: it teaches the protocol by showing it. */
export function FramesDrawer() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.drawer} open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <ChevronRight size={14} aria-hidden="true" />
        Frames, as they come
      </summary>
      {isOpen && <Lines />}
    </details>
  );
}

function Lines() {
  const events = useSyncExternalStore(frames.subscribe, frames.read);
  return (
    <>
      <p className={styles.rule}>
        A delta is applied when its <code>prev</code> is the frame that is held. When one is missing, the page asks
        again with what it holds, and gets the difference: a gap, then its repair.{' '}
        <span>
          {frames.count} frames, {(frames.bytes / 1000).toFixed(1)} kB so far.
        </span>
      </p>
      <div className={styles.lines} tabIndex={0} role="region" aria-label="Frames">
        <table>
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col">What</th>
              <th scope="col">View</th>
              <th scope="col">
                prev <span aria-hidden="true">→</span> frame
              </th>
              <th scope="col">Brings</th>
              <th scope="col">Bytes</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event, place) => (
              <Line key={`${event.time} ${events.length - place}`} event={event} line={frameLine(event)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Line({ event, line }: { event: DebugEvent; line: FrameLine }) {
  return (
    <tr data-tone={line.tone}>
      <td>{preciseClockText(event.time)}</td>
      <td>{line.what}</td>
      <td>{line.view}</td>
      <td>{line.chain}</td>
      <td>{line.brings}</td>
      <td>{line.bytes}</td>
    </tr>
  );
}
