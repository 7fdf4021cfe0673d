import { Link } from 'wouter';
import type { GatewayFacts } from '../api/facts';
import styles from './ops.module.css';
import { Section } from './section';
import { Table } from './table';

/** The questions that most clients share; each can be looked through as its client sees it. */
export function Views({ gateways }: { gateways: readonly GatewayFacts[] }) {
  const views = gateways.flatMap((one) => one.views).sort((a, b) => b.followers - a.followers);
  if (views.length === 0) {
    return (
      <Section name="Views">
        <p className={styles.more}>Nobody follows a list at this moment.</p>
      </Section>
    );
  }
  return (
    <Section name="Views" more={gateways.reduce((total, { views_total }) => total + views_total, 0)}>
      <Table head={['Question', 'Followers', 'Frames a second', 'Look']}>
        {views.map(({ name, question, followers, frames_per_second }, place) => (
          <tr key={`${name} ${place}`}>
            <td>
              <code title={question}>{textOf(question)}</code>
            </td>
            <td>{followers}</td>
            <td>{frames_per_second.toFixed(1)}</td>
            <td>
              <Link href={`/?${searchOf(question)}`}>as its client sees it</Link>
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

/** What it asks, in short; as it was told where that is not whole. */
function textOf(question: string): string {
  const said = Object.entries(readQuestion(question)).filter(([name, value]) => name !== 'kind' && value !== null);
  return said.length === 0 ? question : said.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}

/** The address of the board's list that asks the same. */
function searchOf(question: string): string {
  const asked = readQuestion(question);
  const pairs = Object.entries(asked).flatMap(([name, value]) =>
    name === 'limit' || value === null ? [] : [[name, String(value)]],
  );
  return String(new URLSearchParams(pairs));
}

function readQuestion(question: string): object {
  try {
    return JSON.parse(question) as object;
  } catch {
    return {};
  }
}
