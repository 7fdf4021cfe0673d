import type { ProcessFacts } from '#libs/contracts';

/** What a process says has at most so many bytes: Redis holds the live list, not the talk about it. */
export const MOST_BYTES = 64 * 1024;
const TEXT = 500;
const FEW = 10;

/** The facts as they are written: long texts are cut, and where all is too large, first lists and then all details are left out. */
export function fitted(facts: ProcessFacts): string {
  const checks = facts.checks.map((one) => ({ ...one, error: cut(one.error), degraded: cut(one.degraded) }));
  const whole: ProcessFacts = { ...facts, checks };
  const { lifecycle, gateway } = whole;
  const shorter: ProcessFacts = {
    ...whole,
    lifecycle: lifecycle && {
      ...lifecycle,
      partitions: lifecycle.partitions.filter(({ lag }) => lag > 0).slice(0, FEW),
    },
    gateway: gateway && { ...gateway, views: gateway.views.slice(0, FEW) },
    is_cut: true,
  };
  const least: ProcessFacts = { ...whole, checks: [], lifecycle: null, query: null, gateway: null, is_cut: true };
  for (const one of [whole, shorter]) {
    const text = JSON.stringify(one);
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  }
  return JSON.stringify(least);
}

function cut(text: string | null): string | null {
  return text === null || text.length <= TEXT ? text : `${text.slice(0, TEXT - 1).toWellFormed()}…`;
}
