import { Suspense, lazy, useMemo, useState } from 'react';
import { useKept } from '../live/use-live-rows';
import { Filters } from './filters';
import { ListNotice } from './list-notice';
import { MoreNotice } from './more-notice';
import { type Question, writeQuestion } from '../live/question';
import styles from './session-list.module.css';
import { Table } from './table';
import { useHeldOrder } from './use-held-order';
import { useMoves } from './use-moves';
import { useRows } from './use-rows';
import type { ChangeQuestion } from './use-question';
import { keepLayout, keptLayout } from './layout';

const Cards = lazy(() => import('./cards'));

/** The list, its filters, and what stands in its place where there is none. */
export function SessionList({ question, change }: { question: Question; change: ChangeQuestion }) {
  const [layout, setLayout] = useState(keptLayout);
  const asked = writeQuestion(question);
  const sessions = useRows(question);
  const shown = useKept(sessions);
  const { rows, isHeld, waiting, hold } = useHeldOrder(shown.rows, asked);
  const moves = useMoves(rows, asked);
  const list = useMemo(() => ({ rows, moves, nearEnd: sessions.more }), [rows, moves, sessions.more]);
  const isEmpty = rows.length === 0;
  return (
    <section aria-label="Sessions" className={styles.list} data-state={shown.state}>
      <Filters
        {...{
          question,
          change,
          layout,
          total: shown.state === 'loading' || shown.state === 'refused' ? undefined : shown.total,
          isTotalExact: sessions.isTotalExact,
        }}
        setLayout={(chosen) => {
          keepLayout(chosen);
          setLayout(chosen);
        }}
        note={isHeld && waiting ? 'Held while you are here' : undefined}
      />
      {isEmpty || shown.state === 'refused' ? (
        <ListNotice sessions={shown} question={question} change={change} />
      ) : (
        <div
          className={styles.rows}
          {...hold}
          data-old={shown.state === 'stale' || shown.state === 'rest' || undefined}
        >
          {layout === 'table' ? (
            <Table {...list} />
          ) : (
            <Suspense>
              <Cards {...list} />
            </Suspense>
          )}
          {sessions.refusalOfMore && <MoreNotice refusal={sessions.refusalOfMore} />}
        </div>
      )}
    </section>
  );
}
