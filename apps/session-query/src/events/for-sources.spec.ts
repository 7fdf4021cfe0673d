import { forSources } from './for-sources';
import type { FoundEvent } from './found-event';

const AT = new Date('2026-11-28T12:00:00.000Z');
const recorded = (source: string): FoundEvent => ({
  state: 'recorded',
  event: { id: 'e', source, type: 'session.started.v1' },
  subject: '6f9c1f5e-5d0b-4c58-9a38-2f0f7f1f7a10',
  did: 'applied',
  flags: [],
  recordedAt: AT.getTime(),
});
const quarantined = (source: string): FoundEvent => ({
  state: 'quarantined',
  quarantined: { kind: 'record', id: '1', source, reason: 'schema', error: 'e', state: 'open', received_at: AT },
});

describe('what a sender is told', () => {
  it('is all of its own events, and of every one where it may know of all', () => {
    for (const given of [recorded, quarantined]) {
      expect(forSources(given('/studio'), ['/other', '/studio'])).toEqual(given('/studio'));
      expect(forSources(given('/studio'), null)).toEqual(given('/studio'));
    }
  });

  it('is of another’s event what is told of a heartbeat, also of one that names nobody', () => {
    for (const state of [recorded('/studio'), quarantined('/studio'), recorded(''), quarantined('')]) {
      for (const sources of [[], ['/other'], ['/studi', '/studio/']])
        expect(forSources(state, sources)).toEqual({ state: 'passed' });
    }
  });

  it('is how far the recording is, and what was missed, whoever asks', () => {
    const gap = { from: '1', to: '3', why: 'w', foundAt: AT };
    const states: FoundEvent[] = [
      { state: 'unseen' },
      { state: 'passed' },
      { state: 'forgotten' },
      { state: 'gap', gap },
    ];
    for (const state of states) expect(forSources(state, [])).toEqual(state);
  });
});
