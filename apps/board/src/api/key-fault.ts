/** A header carries no other characters. */
const NOT_CARRIED = /[^\x20-\x7e]/u;

/** Why a text, as it was pasted without the space around it, cannot be a key; undefined: it can. */
export function keyFault(text: string): string | undefined {
  const odd = NOT_CARRIED.exec(text);
  if (!odd) return undefined;
  const name = `U+${odd[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  return `This is no key: its character ${odd.index + 1} is ${name}. Keys are of plain letters, digits and signs; copy it again.`;
}
