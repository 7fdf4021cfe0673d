import { Writable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { DatabaseError } from 'pg';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import { QueryFailedError } from 'typeorm';
import { describeError } from './describe-error';
import { logOptions } from './log-options';

const MAIL = 'ramen@hosts.example';

function refused(message: string, code: string, more: object = {}) {
  const error = Object.assign(new DatabaseError(message, message.length, 'error'), {
    code,
    severity: 'ERROR',
    ...more,
  });
  return new QueryFailedError('INSERT INTO reference_data VALUES ($1)', [`{"email":"${MAIL}"}`], error);
}

/** What stands in the log after `write`. */
function logged(write: (log: pino.Logger) => void): string {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(pinoHttp(logOptions('things', 'debug'), stream).logger);
  return text;
}

const ERRORS: [string, () => unknown, string][] = [
  ['a value that is no uuid', () => refused(`invalid input syntax for type uuid: "${MAIL}"`, '22P02'), '22P02'],
  ['a value with quotes', () => refused(`invalid input syntax for type json: "a"${MAIL}"b"`, '22P02'), 'type json'],
  ['a message of a trigger', () => refused(`refused "${MAIL}"`, 'P0001'), 'P0001'],
  [
    'a row that a check refuses',
    () =>
      refused('new row for relation "reference_data" violates check constraint "no_mail"', '23514', {
        detail: `Failing row contains (${MAIL}).`,
        constraint: 'no_mail',
      }),
    'no_mail',
  ],
  [
    'a key that is taken',
    () =>
      refused('duplicate key value violates unique constraint "hosts"', '23505', {
        detail: `Key (email)=(${MAIL}) already exists.`,
        where: `PL/pgSQL function on ${MAIL}`,
      }),
    'hosts',
  ],
  [
    'what JSON.parse quotes',
    () => thrownBy(() => JSON.parse(`{"email":"${MAIL}"`.slice(0, -1) + '\u0001')),
    'SyntaxError',
  ],
  ['what BigInt quotes', () => thrownBy(() => BigInt(MAIL)), 'SyntaxError'],
  [
    'an argument that Node quotes',
    () => thrownBy(() => Buffer.alloc(MAIL as unknown as number)),
    'ERR_INVALID_ARG_TYPE',
  ],
  [
    'a command that Redis refuses',
    () =>
      Object.assign(new Error(`ERR unknown command 'x', with args beginning with: '${MAIL}'`), {
        command: { args: [MAIL] },
      }),
    'unknown command',
  ],
  ['a cause', () => new Error('around it', { cause: refused(`"${MAIL}"`, '22P02') }), 'around it'],
  ['several', () => new AggregateError([refused(`"${MAIL}"`, '22P02')], 'all of them'), 'all of them'],
  ['what is no error', () => `thrown ${MAIL}`, 'thrown'],
  ['a message that is cut within an address', () => new Error(`long ${'x'.repeat(988)} ${MAIL}`), 'long'],
  ['a message with a line like a frame', () => new Error(`odd\n    at ramen (${MAIL})\nmore`), 'odd'],
  [
    'a message that was written over, with a line like a frame',
    () => Object.assign(new Error(`odd\n    at ramen (${MAIL})\nmore`), { message: 'odd' }),
    'odd',
  ],
  ['a name in quotes before the @', () => new Error(`odd "ramen"@hosts.example`), 'odd'],
  [
    'an error within several within a cause',
    () => new Error('a', { cause: new AggregateError([refused(`"${MAIL}"`, '22P02')], 'b') }),
    'b',
  ],
  ['a cause of text', () => new Error('a', { cause: `text ${MAIL}` }), 'text'],
  ['a cause that is an object', () => new Error('around', { cause: { email: MAIL } }), 'around'],
];

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

describe('what is logged of an error', () => {
  it.each(ERRORS)('is not the data it was about: %s', (_name, make, kept) => {
    const error = make();
    for (const text of [
      logged((log) => log.error({ err: error }, 'it failed')),
      logged((log) => log.error({ err: error })),
      ...(error instanceof Error ? [logged((log) => log.error(error))] : []),
      describeError(error),
    ]) {
      expect(text).not.toContain(MAIL);
      expect(text).not.toContain('ramen@');
      expect(text).not.toContain('hosts.example');
      expect(text).toContain(kept);
    }
  });

  it('keeps what says which error it was, and where', () => {
    const line = JSON.parse(
      logged((log) =>
        log.error({ err: refused('column "titel" does not exist', '42703', { routine: 'errorMissingColumn' }) }, 'no'),
      ),
    ) as { err: object };
    expect(line).toMatchObject({
      msg: 'no',
      err: { type: 'QueryFailedError', message: 'column "titel" does not exist', code: '42703' },
    });
    expect(line.err).toHaveProperty('stack', expect.stringMatching(/^\s+at /));
    expect(line.err).not.toHaveProperty('parameters');
    expect(line.err).not.toHaveProperty('driverError');
  });

  it('leaves out credentials and keys, whoever put them into a message', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    const key = `mq_0123456789ab_${'k'.repeat(43)}`;
    const text = describeError(new Error(`postgres://marquee:hunter2@db/x refused Bearer ${jwt} and ${key}, ${jwt}`));
    for (const secret of ['hunter2', jwt, 'kkkk']) expect(text).not.toContain(secret);
  });
});

describe('what is logged of a request', () => {
  it('is its path, neither its query nor its headers', () => {
    const req = {
      id: 7,
      method: 'GET',
      url: '/sessions?token=hunter2',
      headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', cookie: 'hunter2' },
    } as unknown as IncomingMessage;
    const text = logged((log) => log.child({ req }).warn('slow'));
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ req: { id: 7, method: 'GET', path: '/sessions' }, msg: 'slow' });
  });
});
