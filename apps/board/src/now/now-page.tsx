import { Headline } from './headline';
import { SessionList } from './session-list';
import { Strips } from './strips';
import { ThisPage } from './this-page';
import { useQuestion } from './use-question';

/** What is on, and what just changed. */
export function NowPage() {
  const { question, change } = useQuestion();
  return (
    <>
      <h1 className="unseen">What is on now</h1>
      <Headline />
      <Strips />
      <SessionList question={question} change={change} />
      <ThisPage question={question} />
    </>
  );
}
