/** A Redis was told that holds an older epoch than the one that was begun last: it is not the one that is read. */
export class OldEpoch extends Error {
  constructor(told: number) {
    super(`epoch ${told} was told, and a newer one has begun since`);
    this.name = 'OldEpoch';
  }
}
