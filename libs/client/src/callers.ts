import type { LiveUpdate } from './subscription';

export type OnChange = (update: LiveUpdate) => void;

/** Those who are told of one subscription. Who joins late is told what is known, once, and never within the call. */
export class Callers<C extends { onChange: OnChange }> {
  private readonly members = new Set<C>();

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  [Symbol.iterator](): Iterator<C> {
    return [...this.members][Symbol.iterator]();
  }

  join(member: C, current: () => LiveUpdate): void {
    this.members.add(member);
    if (current().state === 'loading') return;
    queueMicrotask(() => {
      const update = current();
      if (this.members.has(member) && update.state !== 'loading') member.onChange(update);
    });
  }

  /** Whether it was there. */
  leave(member: C): boolean {
    return this.members.delete(member);
  }

  has(member: C): boolean {
    return this.members.has(member);
  }
}
