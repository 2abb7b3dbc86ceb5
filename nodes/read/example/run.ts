import { relational } from '../../../shared/capabilities.ts';
import { sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sources: ({ dataset }) => [{ from: 'resource', param: 'dataset', path: `${dataset}.csv` }],
  sql: ({ file }) =>
    sql`SELECT * FROM read_csv(${file('dataset')}, delim = ',', quote = '"', escape = '"', header = true, nullstr = ['', 'NA'], sample_size = -1)`,
});
