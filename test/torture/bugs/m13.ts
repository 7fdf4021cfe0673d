import { replace } from './mend';

/** A session gets another room, and its claims stay behind in the one before. */
replace('libs/session-store/src/claims/move-claims.js', 'moveClaims', () => async () => undefined);
