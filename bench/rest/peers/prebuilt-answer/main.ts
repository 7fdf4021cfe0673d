import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { PrebuiltAnswer } from '../../prebuilt-answer';

/** The floor: node:http gives the same answer, made beforehand, to whatever is asked. */
function main({ PORT = '0', ANSWER = '' }: NodeJS.ProcessEnv): void {
  const { status, headers, body } = JSON.parse(readFileSync(ANSWER, 'utf8')) as PrebuiltAnswer;
  const lines = Object.entries(headers).flat();
  const bytes = body === '' ? undefined : Buffer.from(body);
  createServer((_, response) => {
    response.writeHead(status, lines).end(bytes);
  }).listen(Number(PORT), '127.0.0.1');
}

main(process.env);
