import type { ServiceUrls } from './services';

/** Where a running Marquee is reached, and the key that opens it. */
export interface Addresses {
  urls: ServiceUrls;
  operationsUrls: ServiceUrls;
  /** `host:port`, comma separated. */
  brokers: string;
  key: string;
}

/** The addresses as a shell reads them: `. .marquee/env`. */
export function envFile({ urls, brokers, key }: Addresses): string {
  const variables = { REST: urls.query, SOCKET: urls.gateway, EVENTS: urls.lifecycle, BROKER: brokers, KEY: key };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}

/** What a person is told once all of it can be used. `env`: where the file of `envFile` lies. */
export function readyText({ urls, operationsUrls, brokers, key }: Addresses, env: string, seconds: string): string {
  const { query, gateway, lifecycle } = operationsUrls;
  return `Marquee is up after ${seconds} s. Ctrl-C stops it.

  board    ${urls.query}/
  REST     ${urls.query}    ready
  socket   ${urls.gateway}    ready
  events   ${urls.lifecycle}    ready
  Kafka    ${brokers}
  key      ${key}    reads all, sends events, operates
  metrics  ${[query, gateway, lifecycle].map((url) => `${url}/metrics`).join('  ')}

In another terminal:

  . ${env}
  curl -s "$REST/sessions/live?sort=viewer_count&limit=3"
`;
}
