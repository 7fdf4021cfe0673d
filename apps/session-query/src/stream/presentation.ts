import type { Presentation } from '#libs/live-list';
import { PUBLIC, presentCard, shownCount, visibleCounts } from '#libs/session';

/** Cards show what everybody may see: they hold no private field, and hidden counts stay hidden here, whoever asks. */
export const presentation: Presentation = {
  counts: (input) => visibleCounts(input, PUBLIC),
  card: (input) => presentCard(input, PUBLIC, true),
  shown: shownCount,
};
