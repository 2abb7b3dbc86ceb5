/** Cells as files have them: gaps in several words, quotes, line breaks, signs of other scripts, numbers that are texts. */
import { randomGenerator } from '../../methods/random/random-generator.ts';

export interface Chance {
  /** From 0 to n − 1. */
  below: (n: number) => number;
  of: <T>(list: readonly [T, ...T[]]) => T;
  is: (share: number) => boolean;
}

export function chances(seed: number): Chance {
  const random = randomGenerator(seed);
  const below = (n: number): number => Math.floor(random.nextFloat() * n);
  return { below, of: (list) => list[below(list.length)] ?? list[0], is: (share) => random.nextFloat() < share };
}

const texts = [
  'apple pie',
  ' leading',
  'trailing  ',
  'a, b; c',
  'say "yes"',
  'línea\nnueva',
  '東京 🗼',
  "it's",
  '$1,234.50',
  '0012',
  '1e5',
  'true',
  'call me at anna@example.org',
  'My name is Peter Jones and I live in London',
  '--',
  'nan?',
] as const;
const categories = ['red', 'Red', 'grün', 'blue "b"', 'x,y', '9', 'no'] as const;
const missing = ['', 'NA', 'null', ''] as const;

export interface Form {
  delimiter: string;
  decimal: string;
}
function numberText(chance: Chance, { decimal }: Form): string {
  const value = chance.of([
    chance.below(2000) / 8 - 100,
    chance.below(100),
    -chance.below(9) / 3,
    chance.below(50) * 1e-3,
  ]);
  const written = chance.is(0.1) && decimal === '.' ? value.toExponential() : String(value);
  return written.replace('.', decimal);
}

export function makeCells(
  chance: Chance,
  count: number,
  first: number,
  form: Form,
  task: string,
): Record<string, string>[] {
  const gap = (text: string): string => (chance.is(0.12) ? chance.of(missing) : text);
  return Array.from({ length: count }, (_, i) => {
    const a = numberText(chance, form);
    const c = chance.of(categories);
    const value = Number(a.replace(',', '.')) + (c.startsWith('r') ? 40 : 0) + chance.below(30);
    return {
      id: String(first + i),
      a: gap(a),
      k: gap(String(chance.below(12) - 3)),
      t: gap(chance.of(texts)),
      c: gap(c),
      b: gap(chance.of(['true', 'false'])),
      d: gap(`20${20 + chance.below(6)}-0${1 + chance.below(9)}-1${chance.below(9)}`),
      y: chance.is(0.03)
        ? ''
        : task === 'regression'
          ? String(value / 4).replace('.', form.decimal)
          : value > 50
            ? 'yes'
            : chance.is(0.1)
              ? 'maybe'
              : 'no',
    };
  });
}

const names = ['id', 'a', 'k', 't', 'c', 'b', 'd', 'y'];
export function toText(cells: readonly Readonly<Record<string, string>>[], { delimiter }: Form): string {
  const quote = (cell: string): string =>
    /["\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return `${[names, ...cells.map((row) => names.map((name) => row[name] ?? ''))].map((row) => row.map(quote).join(delimiter)).join('\n')}\n`;
}
