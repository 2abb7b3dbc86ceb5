import { expect, test } from 'vitest';
import { imageType } from '../media/image.ts';
import type { Column } from '../wires.ts';
import { checkTarget } from './learner.ts';
import { likelyTarget } from './likely-target.ts';

const path: Column = { name: 'path', type: 'VARCHAR', role: 'id' };
const image: Column = { name: 'image', type: imageType };
const text = (name: string): Column => ({ name, type: 'VARCHAR' });
const number = (name: string): Column => ({ name, type: 'BIGINT' });

test('the likely target has a name that answers have, or is the last that can be predicted', () => {
  expect(likelyTarget([path, text('label'), image, number('bytes')])).toBe('label');
  expect(likelyTarget([number('items'), text('returned'), { name: 'day', type: 'DATE' }, image])).toBe('returned');
  expect(likelyTarget([path, image])).toBeUndefined();
  expect(likelyTarget([number('sale_price'), text('agent'), number('pricey')])).toBe('sale_price');
});

test('a learner without a target offers the likely one', () => {
  const columns = [path, text('label'), image];
  expect(checkTarget('net', { target: '', columns: { by: 'all' } }, { columns, split: true })).toMatchObject([
    {
      code: 'train.no-target',
      fixes: [{ do: 'set', title: 'Predict "label"', node: 'net', param: 'target', value: 'label' }],
    },
  ]);
});
