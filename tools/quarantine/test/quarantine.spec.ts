import { readCommand } from '../src/flags';
import { listText, replayText, showText } from '../src/texts';

const NOW = Date.UTC(2026, 10, 24, 12);
const row = {
  id: '7',
  topic: 'marquee.sessions',
  partition: 3,
  offset: '41',
  broker_time: '2026-11-24T11:00:00.000Z',
  received_at: '2026-11-24T11:00:01.000Z',
  kind: 'record' as const,
  source: '/studio',
  last_error: null,
  tries: 0,
  key: 'evil\u001b[2J',
  size: 9,
  reason: 'not-json',
  error: 'Unexpected token',
  state: 'open' as const,
  state_at: null,
  state_why: null,
};
const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');

describe('the quarantine command', () => {
  it('reads what is to be done', () => {
    expect(readCommand(['replay', '3', '4', '--json'], NOW)).toMatchObject({
      command: { name: 'replay', ids: ['3', '4'], selection: {} },
      json: true,
    });
    expect(readCommand(['replay', '--reason', 'bug', '--since', '10m'], NOW).command).toEqual({
      name: 'replay',
      ids: [],
      selection: { reason: 'bug', since: '2026-11-24T11:50:00.000Z' },
    });
    expect(readCommand(['resume', 'marquee.sessions', '--minutes', '5'], NOW).command).toEqual({
      name: 'resume',
      topic: 'marquee.sessions',
      minutes: 5,
    });
    expect(readCommand([], NOW).command).toEqual({ name: 'help' });
  });

  it.each([
    [['discard', '3'], '--why is needed'],
    [['show'], 'show needs the ID'],
    [['replay', '3', '--reason', 'bug'], 'either IDs or a selection'],
    [['list', '--since', 'yesterday'], '--since: yesterday is neither'],
    [['list', '--limit', '-1'], 'argument'],
    [['list', '--limit', '0'], '--limit: must be a whole number'],
    [['drop', '3'], 'there is no command drop'],
    [['show', '3', '4'], 'there is nothing to do with 4'],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readCommand(args, NOW)).toThrow(message);
  });

  it('lists rows in columns, and lets nothing in them move the cursor', () => {
    const text = listText({ rows: [row], total: 2, next_after: '7' });
    expect(text.split('\n')[0]).toMatch(/^ID +RECEIVED +PLACE +KIND +REASON +TRIES +SOURCE +KEY +ERROR$/);
    expect(text).toContain('marquee.sessions/3@41');
    expect(text).toContain('1 of 2');
    expect(text).not.toContain('\u001b');
  });

  it('shows JSON indented, text as it is, and other bytes as hexadecimal', () => {
    const whole = {
      ...row,
      key_base64: base64('k'),
      headers: [{ name: 'trace', name_base64: base64('trace'), value_base64: base64('t-1') }],
    };
    expect(showText({ ...whole, value_base64: base64('{"a":1}') })).toContain('{\n  "a": 1\n}');
    expect(showText({ ...whole, value_base64: base64('not \u001b json') })).toContain('not \uFFFD json');
    expect(showText({ ...whole, value_base64: base64(Buffer.from([0xff, 0x00])) })).toContain('ff00');
    expect(showText({ ...whole, value_base64: null })).toMatch(/header trace +t-1/);
    const tried = showText({ ...whole, value_base64: null, tries: 2, last_error: 'schema: no title' });
    expect(tried).toMatch(/first reason +not-json[^]*tries +2[^]*last error +schema: no title/);
  });

  it('says what a replay left', () => {
    const still = [{ id: '9', reason: 'schema', error: 'data.title: must be text' }];
    const text = replayText({ replayed: ['7'], still, unknown: ['11'] });
    expect(text).toContain('1 replayed, 1 still cannot be taken');
    expect(text).toContain('there are no rows 11');
    expect(text).toMatch(/9 +schema +data\.title/);
  });
});
