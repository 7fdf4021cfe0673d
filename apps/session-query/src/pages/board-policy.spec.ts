import { boardPolicy, gatewayFor } from './board-policy';

describe('where the board finds the gateway', () => {
  it.each([
    ['https://live.example.com/', 'board.example.com', 'https://live.example.com'],
    [undefined, 'board.example.com:3000', 'http://board.example.com:3001'],
    [undefined, '127.0.0.1', 'http://127.0.0.1:3001'],
    [undefined, '[::1]:3000', 'http://[::1]:3001'],
    [undefined, undefined, 'http://localhost:3001'],
    [undefined, "evil.example; script-src 'unsafe-inline'", 'http://localhost:3001'],
    [undefined, 'evil.example/path', 'http://localhost:3001'],
  ])('configured %s, asked at %s: %s', (configured, host, gateway) => {
    expect(gatewayFor(configured, host)).toBe(gateway);
  });
});

it('lets the board talk to its own host and the gateway only', () => {
  const policy = boardPolicy('https://live.example.com');
  expect(policy).toContain("connect-src 'self' https://live.example.com wss://live.example.com;");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
});
