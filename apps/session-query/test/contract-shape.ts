/**
 * Where an answer differs from the contract's example: keys that are missing at any level, and types that are neither
 * the example's nor null. Keys beyond the example's are allowed.
 */
export function differences(answer: unknown, example: unknown, path = 'answer'): string[] {
  if (answer === null) return [];
  if (Array.isArray(example)) {
    if (!Array.isArray(answer)) return [`${path}: is no list`];
    return answer.flatMap((item, index) => differences(item, example[0], `${path}[${index}]`));
  }
  if (typeof example !== 'object' || example === null) {
    return typeof answer === typeof example ? [] : [`${path}: is ${typeof answer}, not ${typeof example}`];
  }
  if (typeof answer !== 'object') return [`${path}: is no object`];
  return Object.entries(example).flatMap(([key, value]) =>
    Object.hasOwn(answer, key)
      ? differences((answer as Record<string, unknown>)[key], value, `${path}.${key}`)
      : [`${path}.${key}: is missing`],
  );
}
