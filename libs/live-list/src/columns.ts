import type { LiveState } from './live-state';
import type { AudienceName, Presentation } from './presentation';
import { SlotInput } from './slot-input';

export type CountColumn = 'viewer_count' | 'max_viewers';
export type TimeColumn = 'started_at' | 'scheduled_start_time';

const NOTHING = Number.NaN;

/**
 * By slot, the numbers that one audience may sort and filter by, as it is shown them; NaN stands for null. What
 * is hidden from it no order and no filter can tell.
 */
export class Columns {
  private exact = blank(64);
  private shown = blank(64);
  private times: Record<TimeColumn, Float64Array> = { started_at: column(64), scheduled_start_time: column(64) };

  private readonly input: SlotInput;

  constructor(
    readonly audience: AudienceName,
    state: LiveState,
    private readonly presentation: Presentation,
  ) {
    this.input = new SlotInput(state);
  }

  /** Reads the slot again. */
  refresh(slot: number): void {
    const input = this.input.at(slot);
    if (!input) return;
    if (slot >= this.exact.viewer_count.length) this.grow(slot);
    const counts = this.presentation.counts(input, this.audience);
    for (const name of ['viewer_count', 'max_viewers'] as const) {
      const count = counts[name];
      this.exact[name][slot] = count ?? NOTHING;
      this.shown[name][slot] = count === null ? NOTHING : this.presentation.shown(count);
    }
    this.times.started_at[slot] = input.session.started_at ?? NOTHING;
    this.times.scheduled_start_time[slot] = input.session.scheduled_start_time ?? NOTHING;
  }

  count(name: CountColumn, slot: number, exact: boolean): number | null {
    const value = (exact ? this.exact : this.shown)[name][slot] ?? NOTHING;
    return Number.isNaN(value) ? null : value;
  }

  /** The column that lists are sorted by. It is replaced as slots are added: take it anew for each use. */
  sortable(name: CountColumn | TimeColumn): Float64Array {
    return name === 'viewer_count' || name === 'max_viewers' ? this.shown[name] : this.times[name];
  }

  private grow(slot: number): void {
    const size = Math.max(slot + 1, this.exact.viewer_count.length * 2);
    for (const columns of [this.exact, this.shown, this.times] as Record<string, Float64Array>[]) {
      for (const [name, values] of Object.entries(columns)) {
        columns[name] = column(size);
        columns[name].set(values);
      }
    }
  }
}

function column(size: number): Float64Array {
  return new Float64Array(size).fill(NOTHING);
}

function blank(size: number): Record<CountColumn, Float64Array> {
  return { viewer_count: column(size), max_viewers: column(size) };
}
