import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { type Act, type AskedAct, askForAct, endOfAct } from '../api/admin';
import type { RestAnswer } from '../api/rest';
import styles from './ops.module.css';

interface Offered {
  name: string;
  act: (why: string) => AskedAct;
}

const LEAST_WHY = 3;

/** What may be done, and why it is: without a why nothing is. One act at a time, followed to its end. */
export function ActForm({ acts, done }: { acts: readonly [Offered, ...Offered[]]; done: () => void }) {
  const [why, setWhy] = useState('');
  const [said, say] = useState('');
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const left = useRef(new AbortController());
  useEffect(() => {
    left.current = new AbortController();
    return () => left.current.abort();
  }, []);
  const carryOut = async (act: AskedAct) => {
    const { signal } = left.current;
    const asked = await askForAct(act);
    if (!asked.ok) return say(asked.refusal.error);
    say(`Asked for; it is act ${asked.data.id}.`);
    setWhy('');
    say(endText(asked.data, await endOfAct(asked.data, signal)));
    done();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy) return;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const chosen = acts.find(({ name }) => name === (submitter as HTMLButtonElement | null)?.value) ?? acts[0];
    setBusy(true);
    // That the form was left is all that is thrown.
    carryOut(chosen.act(why.trim()))
      .catch(() => undefined)
      .finally(() => setBusy(false));
  };
  return (
    <form className={styles.act} onSubmit={submit} aria-busy={isBusy || undefined}>
      <label htmlFor={id}>Why</label>
      <input
        id={id}
        required
        minLength={LEAST_WHY}
        maxLength={500}
        readOnly={isBusy}
        value={why}
        onChange={({ target }) => setWhy(target.value)}
        placeholder="It is written down with who and when"
      />
      {acts.map(({ name }) => (
        <button key={name} type="submit" value={name} disabled={isBusy}>
          {name}
        </button>
      ))}
      <span role="status">{said}</span>
    </form>
  );
}

function endText({ id }: Act, end: RestAnswer<Act>): string {
  if (!end.ok) return `It is act ${id}; what came of it is not told: ${end.refusal.error}`;
  const { state, error } = end.data;
  if (state === 'done') return `Done; it is act ${id}.`;
  if (state === 'failed') return `It failed: ${error}`;
  return `It is act ${id}, and nobody has carried it out yet. It stays asked for.`;
}
