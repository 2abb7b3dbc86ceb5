/** A small table with gaps, for the cases: what people bought, by shop and city, with a class that follows from it. */
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { toCsv, type SketchedNode } from '../../support/workshop.ts';

export interface Sale {
  [name: string]: string | number | null;
  id: string;
  shop: string;
  age: number | null;
  amount: number;
  day: string;
  price: number;
  kind: string | null;
}
export const saleNames = ['id', 'shop', 'age', 'amount', 'day', 'price', 'kind'];

export function makeSales(count: number, seed: number): Sale[] {
  const random = randomGenerator(seed);
  return Array.from({ length: count }, (_, i): Sale => {
    const age = random.nextBelow(70) + 10;
    const amount = Math.round(random.nextFloat() * 800) / 8;
    const shop = random.nextBelow(5);
    const price = Math.round((amount * 3 + age + shop * 10 + random.nextFloat() * 20) * 100) / 100;
    return {
      id: `s${String(i).padStart(5, '0')}`,
      shop: `shop ${shop}`,
      age: random.nextFloat() < 0.1 ? null : age,
      amount,
      day: `2024-${String(1 + random.nextBelow(12)).padStart(2, '0')}-${String(1 + random.nextBelow(28)).padStart(2, '0')}`,
      price,
      kind: price > 220 ? 'dear' : price > 120 ? 'fair' : 'cheap',
    };
  });
}

export const salesCsv = (sales: readonly Sale[]): string => toCsv(saleNames, sales);

export const readSales = (file: string): SketchedNode => ({
  kind: 'read.csv',
  params: {
    file,
    types: { id: 'text', shop: 'text', age: 'integer', amount: 'number', day: 'date', price: 'number', kind: 'text' },
  },
});
export const numbersOnly = { columns: { by: 'names', names: ['age', 'amount'] } };
