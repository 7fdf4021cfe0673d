/**
 * A short name for a text: 128 bits as 26 characters of base 36. The same text has the same name in every process.
 * Multiply and xor-shift mixing (as in MurmurHash3's finaliser); not for secrets.
 */
export function nameOf(text: string): string {
  return [0x9e3779b9, 0x85ebca6b].map((seed) => lane(text, seed)).join('');
}

/** 64 bits as 13 characters. */
function lane(text: string, seed: number): string {
  let low = seed;
  let high = ~seed;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0xcc9e2d51);
    low ^= low >>> 15;
    high = Math.imul(high + unit, 0x1b873593) ^ low;
    high ^= high >>> 13;
  }
  const bits = (BigInt(finish(low ^ text.length)) << 32n) | BigInt(finish(high + low));
  return bits.toString(36).padStart(13, '0');
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
