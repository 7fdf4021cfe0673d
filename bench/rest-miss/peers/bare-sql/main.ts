import { createServer } from 'node:http';
import { Pool } from 'pg';
import { statementsOf } from './statements';

/** As many as we have. */
const CONNECTIONS = 8;

/** The bare SQL: whatever is asked is two statements and a JSON.stringify of their rows. */
function main({ PORT = '0', DATABASE_URL = '' }: NodeJS.ProcessEnv): void {
  const pool = new Pool({ connectionString: DATABASE_URL, max: CONNECTIONS });
  const answer = async (target: string): Promise<Buffer> => {
    const { page, total, values } = statementsOf(new URL(target, 'http://localhost').searchParams);
    const [rows, counted] = await Promise.all([
      pool.query<object>(page, values),
      pool.query<{ total: number }>(total, values),
    ]);
    return Buffer.from(JSON.stringify({ data: { sessions: rows.rows, total: counted.rows[0]?.total } }));
  };
  createServer((request, response) => {
    answer(request.url ?? '').then(
      (body) => response.writeHead(200, ['content-length', String(body.length)]).end(body),
      (error: unknown) =>
        response
          .writeHead(500, ['content-length', '0'])
          .end()
          .destroy(error as Error),
    );
  }).listen(Number(PORT), '127.0.0.1');
}

main(process.env);
