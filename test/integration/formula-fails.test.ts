import { expect, it } from 'vitest';
import type { Fix } from '../../shared/errors.ts';
import { Workshop, type SketchedNode } from '../support/workshop.ts';

const wires = ['file.rows -> make.rows'];
const chain = (columns: unknown): Record<string, SketchedNode> => ({
  file: { kind: 'read.csv', params: { file: 'rows.csv', types: { price: 'text' } } },
  make: { kind: 'clean.derive', params: { columns } },
});
const number = (column: string): string => `CAST(replace("${column}", '$', '') AS DOUBLE)`;

it('a formula that cannot read a value names its column, the row and the value, and is mended by one press', async () => {
  await using shop = await Workshop.open();
  await shop.write('rows.csv', 'n,price,other\n1,$5,$1\n2,,$2\n3,$6 or so,$3\n4,$7,$4\n');
  const columns = [
    { name: 'other', expression: number('other') },
    { name: 'price', expression: number('price') },
  ];
  const { problems } = await shop.run(chain(columns), wires);
  expect(problems).toMatchObject([
    {
      code: 'value.conversion',
      node: 'make',
      column: 'price',
      message:
        'The formula of "price" fails in row 3, where "price" is "$6 or so": the text "6 or so" is not a number.',
    },
  ]);
  const [fix] = problems[0]?.fixes ?? [];
  expect(fix).toMatchObject({ do: 'set', node: 'make', param: 'columns' });
  const { value } = fix as Extract<Fix, { do: 'set' }>;
  expect((await shop.run(chain(value), wires)).problems).toEqual([]);
});
