import { useContext, useRef, useState } from 'react';
import { useApiKey } from '../api/api-key';
import { serverNow } from '../api/settings';
import { CopyText } from '../parts/copy-text';
import { newId, useMarquee } from '../sdk';
import { OpenContext } from '../shell/open-context';
import { useSettings } from '../shell/settings-context';
import { type Way, sendAndFollow } from './follow-event';
import styles from './how.module.css';
import { samplesOf } from './samples';
import { KINDS, type Kind, type SentEvent, eventOf } from './event-kinds';
import { Waterfall } from './waterfall';
import { WayPicture } from './way-picture';

const KEPT = 12;

/** The way of an event, by facts: what the stations do now, and where an event that is sent from here goes. */
export default function HowPage() {
  const { ways, send, example } = useWays();
  const hasKey = useApiKey() !== null;
  const open = useContext(OpenContext);
  const { events } = useSettings();
  return (
    <div className={styles.page}>
      <header>
        <h1>How it works</h1>
        <p className={styles.lead}>
          Marquee is told what happens on a platform, and says what is on, how many are watching, and what just changed.
          An event goes one way, from left to right. What each station says here is of this moment.
        </p>
      </header>
      <WayPicture />
      <section aria-labelledby="try">
        <h2 id="try">Send one, and see where it goes</h2>
        {hasKey ? (
          <div className={styles.kinds}>
            {KINDS.map(({ kind, name, shows }) => (
              <button
                key={kind}
                type="button"
                disabled={kind === 'twice' && ways.length === 0}
                onClick={() => send(kind)}
              >
                <strong>{name}</strong>
                <span>{shows}</span>
              </button>
            ))}
          </div>
        ) : (
          <p className={styles.without}>
            To send takes a key of the scope <code>events:write</code>; <code>npm start</code> prints one.{' '}
            <button type="button" onClick={() => open('keys')}>
              Use a key
            </button>
          </p>
        )}
        {ways.length > 0 ? (
          <Waterfall ways={ways} />
        ) : (
          hasKey && (
            <p className={styles.none}>
              What you send shows here: when all replicas had it, when it was recorded, projected, and pushed to this
              browser.
            </p>
          )
        )}
      </section>
      <Samples event={example} events={events} />
    </div>
  );
}

function Samples({ event, events }: { event: SentEvent; events: string }) {
  const samples = samplesOf(event, events);
  const [shown, show] = useState(0);
  const sample = samples[shown] ?? samples[0];
  return (
    <section aria-labelledby="samples" className={styles.samples}>
      <div className={styles.sampleHead}>
        <h2 id="samples">The same from your code</h2>
        <div role="group" aria-label="In which language">
          {samples.map(({ name }, index) => (
            <button key={name} type="button" aria-pressed={index === shown} onClick={() => show(index)}>
              {name}
            </button>
          ))}
        </div>
        <CopyText text={sample.text} />
      </div>
      <pre tabIndex={0} aria-label={sample.name}>
        {sample.text}
      </pre>
    </section>
  );
}

/** What was sent from here, the newest first, about one session at a time. */
function useWays() {
  const client = useMarquee();
  const { events } = useSettings();
  const [ways, setWays] = useState<readonly Way[]>([]);
  const subject = useRef(newId());
  const last = useRef<SentEvent>(undefined);
  const [example, setExample] = useState(() =>
    eventOf('start', { subject: subject.current, last: undefined }, serverNow(), newId),
  );
  const send = (kind: Kind) => {
    // What has ended does not start again here: the next is another one.
    if (kind === 'schedule' || (kind === 'start' && last.current?.type === 'session.ended.v1'))
      subject.current = newId();
    const event = eventOf(kind, { subject: subject.current, last: last.current }, serverNow(), newId);
    if (kind !== 'malformed') last.current = event;
    setExample(event);
    let known: Way | undefined;
    const tell = (way: Way) => {
      const before = known;
      known = way;
      setWays((all) =>
        before && all.includes(before) ? all.map((one) => (one === before ? way : one)) : [way, ...all].slice(0, KEPT),
      );
    };
    void sendAndFollow({ client, events, event, tell });
  };
  return { ways, send, example };
}
