/**
 * How texts are compared when somebody looks for them: the same in Postgres, which keeps what `foldText` and `gramsOf`
 * give, in memory and in views. A character is a Unicode code point.
 */

/** Grows when `foldText` or `gramsOf` gives anything else for any text: then what is stored is folded anew. */
export const FOLD_VERSION = 1;

/** A shorter term begins a word; one of so many characters is found anywhere. */
const GRAM = 3;

/** Accents and the like, of letters that have them in most alphabets. Indic and Thai vowels are no such marks. */
const ACCENTS = /[\u0300-\u036f]/g;

/** Written without spaces between words: each character begins one. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
// oxlint-disable-next-line no-control-regex -- these too
const ASCII = /^[\0-\x7f]*$/;
const LETTER = /[\p{L}\p{N}]/u;
const MARK = /\p{M}/u;

/**
 * One spelling for all that look or mean the same: compatibility forms, case (both `ß` and `SS` are `ss`, all sigmas
 * and all forms of i are one letter), and no accents. Folding twice changes nothing.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const plain = withoutAccents(text);
  // Down, up, down: some letters meet only in capitals (ß and SS), some only in small ones (ẞ and ß).
  const oneCase = plain.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return withoutAccents(oneCase).normalize('NFKC');
}

/** Decomposed first, so that a composed letter loses its accent as well. */
function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(ACCENTS, '');
}

/** The folded text in which terms are looked for. No term is found across two parts: terms hold no white space. */
export function searchText(parts: readonly (string | null | undefined)[]): string {
  return parts.map((part) => (part ? foldText(part) : '')).join('\n');
}

/** What a question looks for: its words, folded, each once, in one order; all of them must be found. */
export function searchTerms(question: string): string[] {
  return [...new Set(foldText(question).split(/\s+/).filter(Boolean))].sort();
}

/** Whether a folded text says all of the terms. */
export function saysAll(text: string, terms: readonly string[]): boolean {
  return terms.every((term) => says(text, term));
}

/** A term of three characters or more is somewhere in the text; a shorter one begins a word. */
function says(text: string, term: string): boolean {
  if (!isShort(term)) return text.includes(term);
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    if (beginsWord(characterBefore(text, at), characterAt(text, at))) return true;
  }
  return false;
}

export function isShort(term: string): boolean {
  return term.length < GRAM || Array.from(term).length < GRAM;
}

/**
 * By what an index finds a folded text: every three characters that stand together, and the first one and the first
 * two of each word, marked with a space before them.
 */
export function gramsOf(text: string): string[] {
  const grams = new Set<string>();
  for (const run of text.split(/\s+/)) {
    const characters = Array.from(run);
    for (const [at, character] of characters.entries()) {
      const next = characters[at + 1];
      const afterNext = characters[at + 2];
      if (next !== undefined && afterNext !== undefined) grams.add(character + next + afterNext);
      if (!beginsWord(characters[at - 1], character)) continue;
      grams.add(` ${character}`);
      if (next !== undefined) grams.add(` ${character}${next}`);
    }
  }
  return [...grams];
}

/** The grams that every text has that says the term. For a term of at most three characters: and no other text. */
export function gramsOfTerm(term: string): string[] {
  if (isShort(term)) return [` ${term}`];
  const characters = Array.from(term);
  const last = characters.length - GRAM;
  return [...new Set(characters.slice(0, last + 1).map((_, at) => characters.slice(at, at + GRAM).join('')))];
}

/**
 * Whether a word begins between two characters. A word is a run of letters and digits with their marks; of scripts that
 * are written without spaces, every character is one, and so is every sign (an emoji, a #).
 */
function beginsWord(before: string | undefined, character: string): boolean {
  if (before === undefined) return true;
  const [left, right] = [before.charCodeAt(0), character.charCodeAt(0)];
  if (left < 0x80 && right < 0x80) return !(isAsciiLetter(left) && isAsciiLetter(right));
  if (/\s/.test(before)) return true;
  if (MARK.test(character)) return false;
  return !(isSpaced(character) && (isSpaced(before) || MARK.test(before)));
}

/** A letter or digit of a script with spaces between its words. */
function isSpaced(character: string): boolean {
  return LETTER.test(character) && !UNSPACED.test(character);
}

/** Or a digit; texts are folded, so there are no capitals. */
function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function characterBefore(text: string, at: number): string | undefined {
  if (at === 0) return undefined;
  const isPair = at > 1 && /[\udc00-\udfff]/.test(text.charAt(at - 1)) && /[\ud800-\udbff]/.test(text.charAt(at - 2));
  return text.slice(isPair ? at - 2 : at - 1, at);
}
