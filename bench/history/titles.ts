import { gramsOf, searchText } from '#libs/session';

/** A text that sessions share, as the product keeps it. */
export interface PooledText {
  title: string;
  description: string | null;
  folded: string;
  grams: string[];
}

/** So many sessions say each of the rare words, whatever the past. */
export const SAY_A_RARE_WORD = 7;
export const RARE_WORDS = [
  'Quokkafest',
  'Żółwiowisko',
  'Бурундучок',
  'Xylophonium',
  '螢火蟲',
  'Vuvuzelada',
  'Öchslegrad',
];

const WORDS = 20_000;
/** The most common words come first. */
const FAMILIAR =
  'live show the with mit café прямой эфир und music 東京 yoga 🎉 für ночь de über ライブ q&a ελλάδα'.split(' ');
const SYLLABLES =
  'ka mo ri te lu sa ne po vi da gro shen ber tal fin wex jo quil hart mund øre ñan žek дом лев нос'.split(' ');
const DESCRIBED_ONE_IN = 3;

/** Titles of three to six words, the words as Zipf has them; the same ones at every call. The rare words come first. */
export function* textPool(count: number): Generator<PooledText> {
  const random = diceOf(20);
  const words = vocabulary(random);
  const some = (least: number, most: number) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, () => zipfOf(words, random)).join(' ');
  for (const rare of RARE_WORDS) yield pooled(`${rare} ${some(2, 4)}`, null);
  for (let n = RARE_WORDS.length; n < count; n++) {
    yield pooled(some(3, 6), random() * DESCRIBED_ONE_IN < 1 ? some(5, 9) : null);
  }
}

/** In 60 to 100 of the pooled texts, of 400 000: of a million sessions 200 say each. */
export const SELDOM_WORDS = 'lusakaber luberdahart nanmundshen talshenjomund gronezektal berbermund nannanwex'.split(
  ' ',
);
/** In 300 to 340 of them: of a million sessions 800 say each. */
export const OCCASIONAL_WORDS = 'daririquil nanmoquil motalgrofin ludarinan jomowexlu shenbergro grosadamo'.split(' ');

function pooled(title: string, description: string | null): PooledText {
  const folded = searchText([title, description]);
  return { title, description, folded, grams: gramsOf(folded) };
}

function vocabulary(random: () => number): string[] {
  const words = new Set(FAMILIAR);
  while (words.size < WORDS) {
    const syllables = 2 + Math.floor(random() * 3);
    words.add(Array.from({ length: syllables }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join(''));
  }
  return [...words];
}

function zipfOf(words: string[], random: () => number): string {
  return words[Math.floor(words.length ** random()) - 1] ?? '';
}

/** Numbers from 0 to below 1 (mulberry32). */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
