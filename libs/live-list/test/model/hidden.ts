import type { ProjectionChange } from '#libs/contracts';
import type { Wish } from './oracle';
import { type Bugs, type Step, runAll } from './run';

const HIDING = 'd0000000-0000-4000-8000-000000000009';
const hides: ProjectionChange = { kind: 'preset', id: HIDING, version: 1, entity: { viewer_count_visible: false } };

const isHidden = (id: string) => Number(id.at(-1)) < 4;

/** A world in which some sessions hide their counts for ever, and those counts are others by `shift`. */
function hidden(shift: number): (changes: ProjectionChange[]) => ProjectionChange[] {
  return (changes) => [
    hides,
    ...changes.map((change): ProjectionChange => {
      if (!isHidden(change.id)) return change;
      if (change.kind === 'session') return { ...change, session: { ...change.session, preset_id: HIDING } };
      if (change.kind !== 'counts') return change;
      const { viewer_count, max_viewers, ...rest } = change.counts;
      return { ...change, counts: { ...rest, viewer_count: viewer_count + shift, max_viewers: max_viewers + shift } };
    }),
  ];
}

/** What public clients were sent in two worlds that differ in hidden counts only. */
export function transcripts(wanted: readonly Wish[], schedule: readonly Step[], bugs: Bugs = {}): string[] {
  return [0, 17_000].map((shift) => {
    const { clients } = runAll(wanted, schedule, bugs, hidden(shift));
    return clients.flatMap(({ transcript }) => transcript).join('\n');
  });
}
