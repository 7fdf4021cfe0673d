import { replace } from './mend';

/** Who arrives later overwrites. */
replace('libs/session/src/token.js', 'compareTokens', () => () => 1);
