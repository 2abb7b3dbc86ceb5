/** CSV files as people have them, each unlike the others, made from a seed. */
export interface OddCsv {
  name: string;
  target: string;
  text: string;
  /** What the quick start is to do with it: learn, or say what is wrong with the data. */
  expects: 'done' | 'words';
  /** Warnings, by their codes, that the reader or Split must give. */
  warns?: readonly string[];
}

/** Mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Cell = string | number | boolean | null;

export function makeOddCsvs(seed = 1): OddCsv[] {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const rows = (count: number, make: (i: number) => Cell[]): Cell[][] =>
    Array.from({ length: count }, (_, i) => make(i));
  const day = (i: number): string => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);

  return [
    csv(
      'wide',
      'y',
      ['y', ...Array.from({ length: 300 }, (_, i) => `x${i}`)],
      rows(150, () => {
        const values = Array.from({ length: 300 }, () => round(normal()));
        return [(values[0] ?? 0) + (values[1] ?? 0) > 0 ? 'up' : 'down', ...values];
      }),
    ),
    csv(
      'tall',
      'bought',
      ['age', 'income', 'region', 'bought'],
      rows(20_000, () => {
        const age = Math.floor(18 + random() * 60);
        const income = round(20_000 + random() * 80_000);
        return [
          age,
          random() < 0.05 ? null : income,
          pick(['north', 'south', 'east', 'west']),
          age / 80 + income / 100_000 + normal() * 0.2 > 1 ? 'yes' : 'no',
        ];
      }),
    ),
    csv(
      'unicode names',
      'Größe (cm) – 大小',
      ['Größe (cm) – 大小', 'naïve "name"', 'столбец', '😀', "it's; ok"],
      rows(120, () => {
        const x = round(normal());
        return [
          pick(['klein', 'groß', '巨大']),
          x,
          pick(['да', 'нет']),
          pick(['é', 'ü', '中']),
          round(x * 2 + normal()),
        ];
      }),
    ),
    csv(
      'dates',
      'sales',
      ['day', 'opened', 'shop', 'sales'],
      rows(200, (i) => [
        day(i),
        `${day(i % 50)} 08:${String(10 + (i % 50)).padStart(2, '0')}:00`,
        pick(['a', 'b', 'c']),
        round(100 + i / 2 + 20 * Math.sin(i / 7) + normal()),
      ]),
    ),
    csv(
      'eight rows',
      'kind',
      ['a', 'b', 'kind'],
      rows(8, (i) => [i, round(normal()), i % 2 === 0 ? 'even' : 'odd']),
    ),
    csv(
      'sixty classes',
      'label',
      ['x', 'y', 'label'],
      rows(900, (i) => [
        round(Math.cos(i % 60) * 10 + normal() * 0.2),
        round(Math.sin(i % 60) * 10 + normal() * 0.2),
        `class ${i % 60}`,
      ]),
    ),
    csv(
      'regression',
      'price',
      ['rooms', 'area', 'heating', 'price'],
      rows(300, () => {
        const area = round(30 + random() * 120);
        return [Math.ceil(area / 25), area, pick(['gas', 'oil', 'district', '']), round(area * 3.2 + normal() * 12)];
      }),
    ),
    csv(
      'yes or no',
      'left',
      ['years', 'salary', 'left'],
      rows(200, () => {
        const years = Math.floor(random() * 20);
        return [years, round(2000 + years * 90 + normal() * 100), random() < 0.6 - years * 0.02];
      }),
    ),
    csv(
      'a column of nothing',
      'y',
      ['x', 'nothing', 'y'],
      rows(100, (i) => [round(normal()), null, i % 3 === 0 ? 'a' : 'b']),
    ),
    csv(
      'a constant column',
      'y',
      ['x', 'always', 'same text', 'y'],
      rows(100, (i) => [round(normal()), 7, 'same', round(i + normal())]),
    ),
    csv(
      'ids',
      'churned',
      ['customer_id', 'uuid', 'calls', 'churned'],
      rows(250, (i) => {
        const calls = Math.floor(random() * 12);
        return [
          `C${String(100_000 + i)}`,
          `${i.toString(16).padStart(8, '0')}-0000-4000-8000-${Math.floor(random() * 1e12)
            .toString(16)
            .padStart(12, '0')}`,
          calls,
          calls > 6 ? 1 : 0,
        ];
      }),
    ),
    csv(
      'quotes and newlines',
      'mood',
      ['note', 'stars', 'mood'],
      rows(120, (i) => {
        const stars = 1 + Math.floor(random() * 5);
        return [
          `She said "${pick(['fine', 'no, thanks', 'äh'])}",\nthen left (${i % 9}); really`,
          stars,
          stars > 3 ? 'good' : 'bad',
        ];
      }),
    ),
    csv(
      'a target of nothing',
      'y',
      ['x', 'y'],
      rows(50, () => [round(normal()), null]),
      'words',
    ),
    csv(
      'one class',
      'y',
      ['x', 'y'],
      rows(50, () => [round(normal()), 'same']),
      'words',
    ),
    csv('no rows', 'y', ['x', 'y'], [], 'words'),
    {
      ...csv(
        'decimal commas',
        'sold',
        ['area', 'price', 'sold'],
        rows(120, () => {
          const area = 20 + random() * 180;
          return [european(area), european(area * 3200), area > 100 ? 'ja' : 'nein'];
        }),
      ),
      warns: ['csv.numbers-as-text'],
    },
    {
      ...csv(
        'money and shares',
        'returned',
        ['price', 'discount', 'returned'],
        rows(120, () => {
          const price = 5 + random() * 2000;
          return [`$${price.toFixed(2)}`, `${(random() * 100).toFixed(1)}%`, price > 900 ? 'yes' : 'no'];
        }),
      ),
      warns: ['csv.numbers-as-text'],
    },
    {
      ...csv(
        'a name twice',
        'y',
        ['x', 'x', 'y'],
        rows(80, (i) => [round(normal()), i % 7, i % 2 === 0 ? 'a' : 'b']),
      ),
      warns: ['csv.names-made'],
    },
    {
      ...csv(
        'a target with gaps',
        'result',
        ['x', 'result'],
        rows(150, (i) => {
          const x = round(normal());
          return [x, i % 5 === 0 ? null : x > 0 ? 'pass' : 'fail'];
        }),
      ),
      warns: ['split.target-missing'],
    },
  ];
}

function csv(
  name: string,
  target: string,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  expects: OddCsv['expects'] = 'done',
): OddCsv {
  return { name, target, text: `${[header, ...rows].map((row) => row.map(cellText).join(',')).join('\n')}\n`, expects };
}

/** 1.234,50 */
const european = (value: number): string => {
  const [whole = '', part = ''] = value.toFixed(2).split('.');
  return `${whole.replaceAll(/\B(?=(\d{3})+$)/g, '.')},${part}`;
};

function cellText(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
