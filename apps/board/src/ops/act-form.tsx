import { type FormEvent, useId, useState } from 'react';
import { type AskedAct, askForAct } from '../api/admin';
import styles from './ops.module.css';

interface Offered {
  name: string;
  act: (why: string) => AskedAct;
}

const LEAST_WHY = 3;

/** What may be done, and why it is: without a why nothing is. */
export function ActForm({ acts, done }: { acts: readonly [Offered, ...Offered[]]; done: () => void }) {
  const [why, setWhy] = useState('');
  const [said, say] = useState('');
  const id = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const chosen = acts.find(({ name }) => name === (submitter as HTMLButtonElement | null)?.value) ?? acts[0];
    const answer = await askForAct(chosen.act(why.trim()));
    say(answer.ok ? `Asked for; it is act ${answer.data.id}.` : answer.refusal.error);
    if (!answer.ok) return;
    setWhy('');
    done();
  };
  return (
    <form className={styles.act} onSubmit={(event) => void submit(event)}>
      <label htmlFor={id}>Why</label>
      <input
        id={id}
        required
        minLength={LEAST_WHY}
        maxLength={500}
        value={why}
        onChange={({ target }) => setWhy(target.value)}
        placeholder="It is written down with who and when"
      />
      {acts.map(({ name }) => (
        <button key={name} type="submit" value={name}>
          {name}
        </button>
      ))}
      <span role="status">{said}</span>
    </form>
  );
}
