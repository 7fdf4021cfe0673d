import { text } from '../events/field';

/** Why an operator does what cannot be taken back; it is written down among the acts. */
export const why = text(3, 500).regex(/\S[^]*\S[^]*\S/, 'must have at least three characters that are seen');
