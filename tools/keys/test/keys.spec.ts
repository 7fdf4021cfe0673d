import { readCommand } from '../src/flags';
import { listText } from '../src/texts';

describe('the keys command', () => {
  it('reads what is to be made', () => {
    expect(
      readCommand(['create', '--name', 'studio', '--scopes', 'events:write, events:read', '--sources', '/a,/b']),
    ).toEqual({
      name: 'create',
      json: false,
      key: { name: 'studio', scopes: ['events:write', 'events:read'], sources: ['/a', '/b'] },
    });
  });

  it.each([
    [['create', '--scopes', 'events:read'], '--name is needed'],
    [['create', '--name', 'x'], '--scopes is needed'],
    [['create', '--name', 'x', '--scopes', 'all'], '--scopes: there is no scope all'],
    [['revoke'], 'revoke needs the ID'],
    [['revoke', 'ab', '--why', 'no'], '--why: '],
    [['revoke', 'ab', '--why', 'x'.repeat(501)], '--why: '],
    [['remove', 'x'], 'there is no command remove'],
    [['list', 'a', 'b'], 'there is nothing to do with b'],
    [['list', '--force'], "Unknown option '--force'"],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
  });

  it('shows keys in columns, and lets no name move the cursor', () => {
    const key = { id: 'ab', name: 'evil\u001b[2J', scopes: ['events:read' as const], sources: null };
    const text = listText([{ ...key, created_at: new Date(0), revoked_at: null }]);
    expect(text.split('\n')[0]).toMatch(/^ID +STATE +CREATED +SCOPES +SOURCES +NAME$/);
    expect(text).toContain('evil�[2J');
    expect(text).not.toContain('\u001b');
  });
});
