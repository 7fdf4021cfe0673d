import type { Sessions } from '../live/use-live-rows';

/** Sessions that come page by page. */
export interface PagedSessions extends Sessions {
  isTotalExact: boolean;
  /** Asks for the rows that follow. */
  more: () => void;
}
