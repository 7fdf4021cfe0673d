import { execFileSync } from 'node:child_process';
import { envFile, readyText } from '../src/addresses';

const urls = { query: 'http://127.0.0.1:3007', gateway: 'http://127.0.0.1:3008', lifecycle: 'http://127.0.0.1:3009' };
const operationsUrls = {
  query: 'http://127.0.0.1:4007',
  gateway: 'http://127.0.0.1:4008',
  lifecycle: 'http://127.0.0.1:4009',
};
const addresses = { urls, operationsUrls, brokers: '127.0.0.1:9192', key: "a'key $HOME" };

describe('what npm start says of itself', () => {
  it('is read by a shell as it is', () => {
    const script = `${envFile(addresses)}printf '%s\\n' "$REST" "$SOCKET" "$EVENTS" "$BROKER" "$KEY"; env`;
    const lines = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
    expect(lines.slice(0, 5)).toEqual([urls.query, urls.gateway, urls.lifecycle, addresses.brokers, addresses.key]);
    expect(lines).toContain(`REST=${urls.query}`);
  });

  it('names for a person every port that it has, the key, and the file', () => {
    const text = readyText(addresses, '.marquee/env', '12.3');
    for (const part of [...Object.values(urls), ...Object.values(operationsUrls), addresses.brokers, addresses.key]) {
      expect(text).toContain(part);
    }
    expect(text.match(/ready/g)).toHaveLength(3);
    expect(text).toContain('. .marquee/env');
  });
});
