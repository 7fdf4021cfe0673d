import { RefreshCw } from 'lucide-react';
import { Notice } from '../parts/notice';

/** Stands where a page could not be loaded or drawn. */
export function FailedPage() {
  return (
    <Notice icon={RefreshCw} title="This page could not be shown" tone="warn">
      <p>
        If it cannot be shown a second time either, <a href="/">see what is on now</a>.
      </p>
      <button type="button" onClick={() => location.reload()}>
        Load it again
      </button>
    </Notice>
  );
}
