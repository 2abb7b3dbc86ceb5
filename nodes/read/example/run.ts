import { relational } from '../../../shared/capabilities.ts';
import { plainCells } from '../../../shared/table/cell-reading.ts';
import { join, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

const missingWords = ['', 'NA'];
const words = join(missingWords.map((word) => sql`${word}`));

export default relational(spec, {
  sources: ({ dataset }) => [{ from: 'resource', param: 'dataset', path: `${dataset}.csv` }],
  sql: ({ file }) =>
    sql`SELECT * FROM read_csv(${file('dataset')}, delim = ',', quote = '"', escape = '"', header = true, nullstr = [${words}], sample_size = -1)`,
  cells: () => ({ ...plainCells, missingWords }),
});
