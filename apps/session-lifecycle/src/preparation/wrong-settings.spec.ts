import type { TopicSettings } from '#libs/event-log';
import { wrongSettings } from './wrong-settings';

const HOUR = 3_600_000;
const WANTED = { outageMs: 72 * HOUR, knownMs: 400 * 24 * HOUR };
const GOOD: TopicSettings = {
  topic: 'marquee.sessions',
  retentionMs: 168 * HOUR,
  retentionBytes: null,
  replicas: 3,
  minInsyncReplicas: 2,
  timestampType: 'LogAppendTime',
  isCompacted: false,
  isDeleted: true,
};

describe('the settings of a topic', () => {
  const wrong = (change: Partial<TopicSettings>) =>
    wrongSettings('sessions', { ...GOOD, ...change }, WANTED).join('; ');

  it.each<[string, Partial<TopicSettings>, string]>([
    ['kept for less than an outage', { retentionMs: 24 * HOUR }, 'retention.ms keeps 24 hours: an outage of 72'],
    ['bounded in bytes', { retentionBytes: 5 }, 'retention.bytes is 5'],
    ['kept for ever', { retentionMs: null }, 'retention.ms keeps events for ever, longer than DELETED_KEEP_DAYS'],
    ['one replica', { replicas: 1, minInsyncReplicas: 1 }, 'it has 1 replicas, not 3'],
    ['one in sync', { minInsyncReplicas: 1 }, 'min.insync.replicas is 1'],
    ['all in sync', { minInsyncReplicas: 3 }, 'min.insync.replicas is 3 of 3'],
    ['times of producers', { timestampType: 'CreateTime' }, 'message.timestamp.type is CreateTime'],
    ['compacted', { isCompacted: true }, 'cleanup.policy has compact'],
  ])('are wrong: %s', (_what, change, says) => {
    expect(wrong(change)).toContain(says);
  });

  it('are right where nothing is lost', () => {
    expect(wrong({})).toBe('');
    const compacted = { ...GOOD, isCompacted: true, isDeleted: false, retentionMs: null };
    expect(wrongSettings('directory', compacted, WANTED)).toEqual([]);
    expect(wrongSettings('directory', GOOD, WANTED).join()).toContain('cleanup.policy is not compact');
  });
});
