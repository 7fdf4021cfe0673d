import { text } from '../events/field';

/** What folding takes away: with nothing else, a text has no word that could be looked for. */
const NOTHING = /[\s\u0300-\u036f]/g;

/** The words of `q`. */
export const lookedFor = text(1, 200).refine((value) => value.normalize('NFKD').replace(NOTHING, '') !== '', {
  error: 'must hold a word, not only spaces and accents',
});
