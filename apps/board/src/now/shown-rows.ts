import type { Row } from '../live/row';

/** The rows as the table or the cards show them. */
export interface ShownRows {
  rows: readonly Row[];
  /** Places gained by whom of late. */
  moves: ReadonlyMap<string, number>;
  /** The last rows are near: more are wanted. */
  nearEnd: () => void;
}
