import { type EventState, forSources } from './for-sources';

const AT = '2026-11-28T12:00:00.000Z';
const recorded = (source: string): EventState => ({
  state: 'recorded',
  event: { id: 'e', source, type: 'session.started.v1' },
  subject: '6f9c1f5e-5d0b-4c58-9a38-2f0f7f1f7a10',
  did: 'applied',
  flags: [],
  recorded_at: AT,
  version: 1,
  projected: true,
});
const quarantined = (source: string): EventState => ({
  state: 'quarantined',
  quarantine: { id: '1', range_id: null, source, reason: 'schema', error: 'e', state: 'open', received_at: AT },
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
    const gap = { from_offset: '1', to_offset: '3', why: 'w', found_at: AT };
    const states: EventState[] = [
      { state: 'unseen' },
      { state: 'passed' },
      { state: 'forgotten' },
      { state: 'gap', gap },
    ];
    for (const state of states) expect(forSources(state, [])).toEqual(state);
  });
});
