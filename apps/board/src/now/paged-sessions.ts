import type { RestRefusal } from '../api/rest';
import type { Sessions } from '../live/use-live-rows';

/** Sessions that come page by page. */
export interface PagedSessions extends Sessions {
  isTotalExact: boolean;
  /** Why the rows that follow have not come. */
  refusalOfMore: RestRefusal | undefined;
  /** Asks for the rows that follow. */
  more: () => void;
}
