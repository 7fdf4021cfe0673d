/** A question that no index answers. The message says what to ask instead. */
export class TooExpensive extends Error {
  constructor(whatHelps: string) {
    super(`this question would read too much; ${whatHelps}`);
    this.name = 'TooExpensive';
  }
}
