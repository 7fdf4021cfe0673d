import type { QueryRunner } from 'typeorm';

const PAGE = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Rows in the order of their ids, page by page. `text` takes the last id ($1, the first time one before all) and a limit ($2). */
export async function* pagesOf<R extends { id: string }>(runner: QueryRunner, text: string): AsyncGenerator<R[]> {
  // An id of zeros is one like every other: the first page has it too.
  let rows = (await runner.query(text.replace('> $1', '>= $1'), [BEFORE_ALL, PAGE])) as R[];
  for (let last = rows.at(-1); last; last = rows.at(-1)) {
    yield rows;
    rows = (await runner.query(text, [last.id, PAGE])) as R[];
  }
}
