/** What a view asks, in short; as it was told where that is not whole. `question`: JSON. */
export function questionText(question: string): string {
  const said = Object.entries(readQuestion(question) ?? {}).filter(
    ([name, value]) => name !== 'kind' && value !== null,
  );
  return said.length === 0 ? question : said.map(([name, value]) => `${name}=${String(value)}`).join(' ');
}

/** The address of the board's list that asks the same; undefined: the question is not told whole. */
export function searchOf(question: string): string | undefined {
  const asked = readQuestion(question);
  if (!asked) return undefined;
  const pairs = Object.entries(asked).flatMap(([name, value]) =>
    name === 'limit' || value === null ? [] : [[name, String(value)]],
  );
  return String(new URLSearchParams(pairs));
}

function readQuestion(question: string): object | undefined {
  try {
    return JSON.parse(question) as object;
  } catch {
    return undefined;
  }
}
