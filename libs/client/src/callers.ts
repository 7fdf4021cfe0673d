import type { LiveUpdate } from './subscription';
import { callOut } from './uncaught';

export type OnChange = (update: LiveUpdate) => void;

/**
 * Those who are told of one subscription. Who joins late is told what is known, once, and never within the call. One
 * that throws keeps nobody else from hearing.
 */
export class Callers<C extends { onChange: OnChange }> {
  private readonly members = new Set<C>();

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  [Symbol.iterator](): Iterator<C> {
    return this.members.values();
  }

  join(member: C, current: () => LiveUpdate): void {
    this.members.add(member);
    if (current().state === 'loading') return;
    queueMicrotask(() => this.tellOne(member, current()));
  }

  /** Whether it was there. */
  leave(member: C): boolean {
    return this.members.delete(member);
  }

  /** Tells all who are there now, and still are when it is their turn. */
  tell(updateFor: (member: C) => LiveUpdate): void {
    const present = [...this.members];
    for (const member of present) this.tellOne(member, updateFor(member));
  }

  private tellOne(member: C, update: LiveUpdate): void {
    if (this.members.has(member) && update.state !== 'loading') callOut(() => member.onChange(update));
  }
}
