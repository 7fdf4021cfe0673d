import { readConfig } from '#libs/service-host';
import { queryConfig } from '../config';
import { AnswerBytes } from './answer-bytes';
import { AnswerHeaders, bodyHeaders } from './answer-headers';

const MINE = 'https://mine.example.org';
const OURS = 'https://ours.example.org';
const THEIRS = 'https://theirs.example.org';

const making = { position: { epoch: 3, seq: 7 }, madeAt: 0, mark: 1, stale: false, isPrivate: false };
const given = () => new AnswerBytes(Buffer.from('{}'), making);

function givenHeaders(env: Record<string, string> = {}): AnswerHeaders {
  const servers = { DATABASE_URL: 'postgres://localhost/db', REDIS_URL: 'redis://localhost' };
  return new AnswerHeaders(readConfig(queryConfig, { ...servers, ...env }));
}

function read(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((name, at) => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : [])));
}

describe('the headers of an answer as lines', () => {
  it('are those that the framework sends, but for the entity tag', () => {
    const [headers, answer] = [givenHeaders(), given()];
    const { etag, ...others } = headers.of(answer, undefined);
    expect(etag).toBe(answer.etag);
    expect(read(headers.lines(answer, undefined))).toEqual(others);
    const sent = { body: Buffer.from('abc'), encoding: 'br' } as const;
    const said = { ...others, ...bodyHeaders(sent.body, sent.encoding) };
    expect(read(headers.lines(answer, undefined, sent))).toEqual(said);
  });

  it('are made once for each encoding of an answer', () => {
    const [headers, answer] = [givenHeaders(), given()];
    const plain = { body: answer.body, encoding: 'identity' } as const;
    const small = { body: Buffer.from('abc'), encoding: 'br' } as const;
    const lines = headers.lines(answer, undefined, plain);
    expect(read(headers.lines(answer, undefined, small))).toMatchObject({ 'content-encoding': 'br' });
    expect(headers.lines(answer, MINE, plain)).toBe(lines);
    expect(headers.lines(given(), undefined, plain)).not.toBe(lines);
  });

  it('allow each origin what is its own, whoever asked before', () => {
    const [headers, answer] = [givenHeaders({ ALLOWED_ORIGINS: `${MINE},${OURS}` }), given()];
    const allowed = (origin?: string) => read(headers.lines(answer, origin))['access-control-allow-origin'];
    expect([MINE, OURS, THEIRS, undefined, MINE].map(allowed)).toEqual([MINE, OURS, undefined, undefined, MINE]);
  });
});
