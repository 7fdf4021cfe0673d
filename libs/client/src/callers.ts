import type { LiveUpdate } from './live-update';
import { callOut } from './uncaught';

export type OnChange = (update: LiveUpdate) => void;

export interface Caller {
  onChange: OnChange;
  /** Whether it was told anything yet. */
  isTold?: boolean;
}

/**
 * Those who are told of one subscription. Who joins is told what is known now, once, and never within the call. One
 * that throws keeps nobody else from hearing.
 */
export class Callers<C extends Caller> {
  private readonly members = new Set<C>();

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  [Symbol.iterator](): Iterator<C> {
    return this.members.values();
  }

  join(member: C, current: () => LiveUpdate): void {
    this.members.add(member);
    member.isTold = false;
    queueMicrotask(() => {
      if (!member.isTold) this.tellOne(member, current());
    });
  }

  /** Whether it was there. */
  leave(member: C): boolean {
    return this.members.delete(member);
  }

  /** Tells all who are there now, and still are when it is their turn; undefined: there is nothing to tell this one. */
  tell(updateFor: (member: C) => LiveUpdate | undefined): void {
    const present = [...this.members];
    for (const member of present) {
      const update = updateFor(member);
      if (update) this.tellOne(member, update);
    }
  }

  private tellOne(member: C, update: LiveUpdate): void {
    if (!this.members.has(member)) return;
    member.isTold = true;
    callOut(() => member.onChange(update));
  }
}
