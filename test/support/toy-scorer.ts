/** For tests: a model that needs no training. Says "big" when `amount` is above 10, and tells `id` back in its note. */
import { plainCells } from '../../shared/table/cell-reading.ts';
import { cellReader } from '../../engine/recipe/scorer/cell-reader.ts';
import { Database } from '../../engine/table/database.ts';
import type { OpenScorer, Scorer } from '../../engine/recipe/scorer/scorer.ts';
import { serveService } from '../../engine/serve/serve-service.ts';

export const openToyScorer: OpenScorer = async (): Promise<Scorer> => ({
  task: 'classification',
  target: { name: 'size', type: 'VARCHAR' },
  classes: ['big', 'small'],
  figures: [],
  inputSchema: [
    { name: 'id', type: 'BIGINT' },
    { name: 'amount', type: 'DOUBLE' },
    { name: 'city', type: 'VARCHAR' },
    { name: 'member', type: 'BOOLEAN' },
    { name: 'since', type: 'TIMESTAMP' },
  ],
  knownColumns: ['id', 'amount', 'city', 'member', 'since', 'size', 'remark'],
  cells: cellReader({ ...plainCells, missingWords: ['', 'NA'] }, async (text) => {
    await using database = await Database.open({
      threads: 1,
      memoryBytes: 128 * 2 ** 20,
      tempFolder: null,
      allowed: [],
    });
    return await database.query(text);
  }),
  predictRows: async (rows) => {
    if (rows.some((row) => row['city'] === 'crash')) process.exit(9);
    return rows.map((row) => {
      const big = Number(row['amount'] ?? 0) > 10 ? 0.75 : 0.25;
      return {
        prediction: big > 0.5 ? 'big' : 'small',
        probabilities: { big, small: 1 - big },
        note: `${typeof row['id']} ${String(row['id'])}`,
      };
    });
  },
  close: async () => undefined,
});

if (process.argv[2] === 'service') await serveService(openToyScorer);
