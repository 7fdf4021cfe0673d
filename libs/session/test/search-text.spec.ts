import fc from 'fast-check';
import { foldText, gramsOf, gramsOfTerm, isShort, saysAll, searchTerms, searchText } from '../src';

/** Whether `q` finds a text, as memory and views decide it. */
const finds = (q: string, ...parts: (string | null)[]) => saysAll(searchText(parts), searchTerms(q));

/** The same by an index of grams, as Postgres decides it. */
function findsByGrams(q: string, ...parts: (string | null)[]): boolean {
  const text = searchText(parts);
  const grams = new Set(gramsOf(text));
  return searchTerms(q).every(
    (term) => gramsOfTerm(term).every((gram) => grams.has(gram)) && (isShort(term) || text.includes(term)),
  );
}

describe('the folding of texts', () => {
  it.each([
    ['capitals outside ASCII', 'ПРИВЕТ', 'привет'],
    ['accents', 'Café', 'cafe'],
    ['composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
    ['Cyrillic letters with a breve', 'Ёлка й', 'елка и'],
    ['a Greek final sigma', 'ΟΔΟΣ', 'οδός'],
    ['a Greek letter with several marks', 'ᾧ', 'ω'],
    ['a dotted capital i', 'İstanbul', 'istanbul'],
    ['a dotless i, which has the capital of the other', 'ISPARTA', 'ısparta'],
    ['a sharp s', 'Straße', 'STRASSE'],
    ['a capital sharp s', 'STRAẞE', 'strasse'],
    ['ligatures', 'ﬁne ﬂoat', 'fine float'],
    ['full width', 'ＤＪ　ＭＡＲＡ', 'dj mara'],
    ['half width kana', 'ｶﾞ', 'ガ'],
    ['Hangul in parts', '\u1112\u1161\u11ab', '한'],
    ['a Kelvin sign and an Ångström sign', 'Å\u212a', 'ak'],
  ])('makes one of %s', (_what, one, other) => {
    expect(foldText(one)).toBe(foldText(other));
  });

  it.each([
    ['ガ', 'カ'],
    ['कि', 'क'],
    ['กำ', 'ก'],
    ['ø', 'o'],
    ['👩🏽‍🚀', '👩'],
  ])('leaves %s another than %s', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it('changes nothing the second time, and no form of a character matters', () => {
    for (let point = 1; point < 0x110000; point++) {
      if (point === 0xd800) point = 0xe000;
      const character = String.fromCodePoint(point);
      const folded = foldText(character);
      if (foldText(folded) !== folded || foldText(character.normalize('NFD')) !== folded) {
        throw new Error(`U+${point.toString(16)} is folded to ${folded}`);
      }
    }
  });
});

describe('what a question finds', () => {
  it.each([
    ['jazz', 'Late night jazz'],
    ['azz', 'Jazz'],
    ['JAZZ late', 'Late night jazz'],
    ['j', 'Late jazz'],
    ['dj', 'the DJ set'],
    ['d', '(dj) set'],
    ['9', 'at 9.30'],
    ['30', 'at 9.30'],
    ['é', 'Été'],
    ['東京', '今夜は東京から'],
    ['京', '東京'],
    ['東京タワー', '東京タワーから'],
    ['กำ', 'วันนี้กำลัง'],
    ['हि', 'आज हिन्दी'],
    ['🎉', 'party🎉🎉'],
    ['#1', 'we are #1'],
    ['%', '100 % live'],
    ['_', 'a_b'],
    ['\\', 'a\\b'],
    ['100%', '100% live'],
    ['a_b', 'xa_b'],
    ['c:\\', 'c:\\temp'],
  ])('%s: %s', (q, text) => {
    expect([finds(q, text), findsByGrams(q, text)]).toEqual([true, true]);
  });

  it.each([
    ['zz', 'jazz'],
    ['z', 'jazz'],
    ['jaz late', 'Jazz'],
    ['%', '100 live'],
    ['a_b', 'axb'],
    ['___', 'abc'],
    ['न', 'हिन्दी'],
  ])('not %s: %s', (q, text) => {
    expect([finds(q, text), findsByGrams(q, text)]).toEqual([false, false]);
  });

  it('may be said in parts, but no word across two', () => {
    expect(finds('jazz mara', 'Jazz', null, 'Late', 'Mara')).toBe(true);
    expect(finds('jazzmara', 'Jazz', null, null, 'Mara')).toBe(false);
  });

  it('is the same by grams as by reading', () => {
    const alphabet = Array.from('abAé\u0301 ßİıΣςσ京東かガ\u3099กำि🎉👩🏽‍%_\\#ﬁＡ\u00a0\n');
    const text = fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 5 }), (one, other, q) => {
        expect(findsByGrams(q, one, other)).toBe(finds(q, one, other));
      }),
      { numRuns: 3000 },
    );
  });

  it('is found by any part of it, of three characters or more', () => {
    const word = fc.string({ unit: fc.constantFrom(...Array.from('abcßİΣς京é🎉ﬁ')), minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(word, fc.nat(6), fc.nat(6), (text, from, length) => {
        const part = Array.from(text)
          .slice(from, from + 3 + length)
          .join('');
        if (Array.from(part).length >= 3) expect(finds(part, `x${text}`)).toBe(true);
      }),
    );
  });
});
