/** Text that Postgres can hold: a NUL becomes `\0`, half a surrogate pair the replacement character; cut to `length`. */
export function plainText(text: string, length: number): string {
  return text.replaceAll('\u0000', '\\0').slice(0, length).toWellFormed();
}
