/** The values of a statement, by the placeholders that stand for them. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Gives the placeholder. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  addTime(ms: number): string {
    return `${this.add(new Date(ms).toISOString())}::timestamptz`;
  }
}
