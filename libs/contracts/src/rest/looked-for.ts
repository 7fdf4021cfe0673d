import { text } from '../events/field';

/** Characters that folding removes. A text of nothing else holds no word to look for. */
const NOTHING = /[\s\u0300-\u036f]/g;

/** The words of `q`. */
export const lookedFor = text(1, 200).refine((value) => value.normalize('NFKD').replace(NOTHING, '') !== '', {
  error: 'must hold a word, not only spaces and accents',
});
