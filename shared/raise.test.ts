import { expect, it } from 'vitest';
import { TestDatabase } from '../test/support/run-sql.ts';
import { raise, raisedFinding } from './raise.ts';
import { sql } from './sql.ts';

it('a failure raised inside a query comes back with code, mend, parameter and the value that is wrong', async () => {
  using database = await TestDatabase.open();
  const wrong = raise({
    code: 'a.b',
    message: sql`'"' || x || '" is wrong: {"}'`,
    mend: "Don't.",
    param: 'p',
    column: 'x',
  });
  const failed = await database
    .read(sql`SELECT CASE WHEN x = 'bad' THEN ${wrong} ELSE x END FROM (VALUES ('good'), ('bad')) t(x)`.render())
    .catch((thrown: unknown) => String(thrown));
  expect(raisedFinding(String(failed))).toEqual({
    code: 'a.b',
    message: '"bad" is wrong: {"}',
    mend: "Don't.",
    param: 'p',
    column: 'x',
  });
});

it('is not raised where no row is wrong, and other failures are not taken for one', async () => {
  using database = await TestDatabase.open();
  const wrong = raise({ code: 'a.b', message: sql`CAST(x AS VARCHAR)` });
  expect(
    (await database.read(sql`SELECT CASE WHEN x > 5 THEN ${wrong} ELSE x END AS x FROM range(3) t(x)`.render())).rows,
  ).toHaveLength(3);
  expect(raisedFinding('Binder Error: no such column')).toBeUndefined();
});
