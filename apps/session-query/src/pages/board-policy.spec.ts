import { addressFor, boardPolicy } from './board-policy';

describe('where the board finds another service', () => {
  it.each([
    ['https://live.example.com/', 'board.example.com', 'https://live.example.com'],
    [undefined, 'board.example.com:3000', 'http://board.example.com:3001'],
    [undefined, '127.0.0.1', 'http://127.0.0.1:3001'],
    [undefined, '[::1]:3000', 'http://[::1]:3001'],
    [undefined, undefined, 'http://localhost:3001'],
    [undefined, "evil.example; script-src 'unsafe-inline'", 'http://localhost:3001'],
    [undefined, 'evil.example/path', 'http://localhost:3001'],
  ])('configured %s, asked at %s: %s', (configured, host, address) => {
    expect(addressFor(configured, host, 3001)).toBe(address);
  });
});

it('lets the board talk to its own host, the gateway and the service that takes events only', () => {
  const policy = boardPolicy({ gateway: 'https://live.example.com', events: 'https://events.example.com' });
  expect(policy).toContain(
    "connect-src 'self' https://live.example.com wss://live.example.com https://events.example.com;",
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
});
