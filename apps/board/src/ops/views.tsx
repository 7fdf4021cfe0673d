import { Link } from 'wouter';
import { questionText, searchOf } from './asked-question';
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
        {views.map(({ name, question, followers, frames_per_second }, place) => {
          const search = searchOf(question);
          return (
            <tr key={`${name} ${place}`}>
              <td>
                <code title={question}>{questionText(question)}</code>
              </td>
              <td>{followers}</td>
              <td>{frames_per_second.toFixed(1)}</td>
              <td>
                {search === undefined ? (
                  'its question is not told whole'
                ) : (
                  <Link href={`/?${search}`}>as its client sees it</Link>
                )}
              </td>
            </tr>
          );
        })}
      </Table>
    </Section>
  );
}
