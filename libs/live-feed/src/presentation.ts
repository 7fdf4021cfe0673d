import type { AudienceName, Presentation } from '#libs/live-list';
import { PUBLIC, type Audience, presentCard, shownCount, visibleCounts } from '#libs/session';

const RIGHTS: Record<AudienceName, Audience> = { public: PUBLIC, private: { privateFields: true, hiddenCounts: true } };

/** Sessions in views as `libs/session` presents them: what an audience may not see is in no card, order or filter. */
export const presentation: Presentation = {
  counts: (input, audience) => visibleCounts(input, RIGHTS[audience]),
  card: (input, audience) => presentCard(input, RIGHTS[audience], true),
  shown: shownCount,
};
