import type { Position } from '#libs/contracts';
import { BEGINNING } from './position';

/** Those who wait for the log to pass a position. Joining, leaving and being passed cost the same however many wait. */
export class LogQueue<W> {
  private readonly epochs = new Map<number, Map<number, Set<W>>>();
  /** Everything at or before this position has been taken. */
  private passed = BEGINNING;

  add({ epoch, seq }: Position, who: W): void {
    const seqs = this.epochs.get(epoch) ?? new Map<number, Set<W>>();
    this.epochs.set(epoch, seqs);
    seqs.set(seq, (seqs.get(seq) ?? new Set<W>()).add(who));
  }

  remove({ epoch, seq }: Position, who: W): void {
    const seqs = this.epochs.get(epoch);
    const here = seqs?.get(seq);
    if (!seqs || !here?.delete(who) || here.size > 0) return;
    seqs.delete(seq);
    if (seqs.size === 0) this.epochs.delete(epoch);
  }

  /** Takes out all who wait for this position or an earlier one. */
  take(position: Position): W[] {
    const taken: W[] = [];
    for (const [epoch, seqs] of this.epochs) {
      if (epoch > position.epoch) continue;
      for (const seq of this.passedSeqs(epoch, seqs, position)) {
        for (const who of seqs.get(seq) ?? []) taken.push(who);
        seqs.delete(seq);
      }
      if (seqs.size === 0) this.epochs.delete(epoch);
    }
    this.passed = position;
    return taken;
  }

  /** Looks either at all that wait or at all seqs since the last time, whichever are fewer. */
  private passedSeqs(epoch: number, seqs: Map<number, Set<W>>, to: Position): number[] {
    if (epoch < to.epoch) return [...seqs.keys()];
    const moved = to.seq - this.passed.seq;
    const isNear = this.passed.epoch === epoch && moved >= 0 && moved < seqs.size;
    if (!isNear) return [...seqs.keys()].filter((seq) => seq <= to.seq);
    return Array.from({ length: moved }, (_, index) => this.passed.seq + 1 + index);
  }
}
