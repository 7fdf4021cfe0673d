import { Suspense, lazy } from 'react';
import { Headline } from './headline';
import { SessionList } from './session-list';
import { Strips } from './strips';
import { useQuestion } from './use-question';

const ThisPage = lazy(() => import('./this-page'));

/** What is on, and what just changed. */
export function NowPage() {
  const { question, change } = useQuestion();
  return (
    <>
      <h1 className="unseen">What is on now</h1>
      <Headline />
      <Strips />
      <SessionList question={question} change={change} />
      <Suspense>
        <ThisPage question={question} />
      </Suspense>
    </>
  );
}
