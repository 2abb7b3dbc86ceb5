/** CSV files as they come out of real systems: each has a few of the faults below, chosen by a seed. */
import { randomGenerator, type RandomGenerator } from '../../methods/random/random-generator.ts';

export interface DirtyCsv {
  name: string;
  target: string;
  bytes: Uint8Array;
}

interface Sheet {
  header: string[];
  rows: string[][];
  delimiter: string;
  newline: string;
  /** Applied to the text, then to its bytes. */
  text: ((text: string) => string)[];
  bytes: ((bytes: Uint8Array) => Uint8Array)[];
  quoteAll: boolean;
}
type Fault = (sheet: Sheet, random: RandomGenerator) => void;

const some = (random: RandomGenerator, count: number, share: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter(() => random.nextFloat() < share);
const place = (random: RandomGenerator, length: number): number => random.nextBelow(Math.max(1, length));
/** Changes a share of the values of one column. */
function spoil(
  sheet: Sheet,
  random: RandomGenerator,
  column: number,
  share: number,
  change: (value: string) => string,
): void {
  for (const r of some(random, sheet.rows.length, share)) {
    const row = sheet.rows[r];
    if (row) row[column] = change(row[column] ?? '');
  }
}
const column = (sheet: Sheet, random: RandomGenerator): number => place(random, sheet.header.length);
const number = (random: RandomGenerator): number => 1 + random.nextBelow(2);
const oneOf = (random: RandomGenerator, values: readonly string[]): string =>
  values[place(random, values.length)] ?? '';

const faults: Readonly<Record<string, Fault>> = {
  'words for nothing': (s, r) =>
    spoil(s, r, column(s, r), 0.2, () => oneOf(r, ['N/A', 'NULL', '-', '?', 'nan', 'n.a.', '#N/A', 'None'])),
  'spaces around': (s, r) => spoil(s, r, column(s, r), 0.5, (v) => `  ${v} `),
  'only spaces': (s, r) => spoil(s, r, column(s, r), 0.3, () => '   '),
  'decimal commas': (s, r) => spoil(s, r, number(r), 1, (v) => v.replace('.', ',')),
  'thousands separators': (s, r) => spoil(s, r, number(r), 0.8, (v) => `1,${v}`),
  'units in numbers': (s, r) => spoil(s, r, number(r), 0.5, (v) => `${v} kg`),
  'a currency': (s, r) => spoil(s, r, number(r), 1, (v) => `$${v}`),
  'per cent': (s, r) => spoil(s, r, number(r), 1, (v) => `${v}%`),
  'text in one number': (s, r) => spoil(s, r, number(r), 0.02, () => 'about ten'),
  infinities: (s, r) => spoil(s, r, number(r), 0.05, () => oneOf(r, ['inf', '-inf', 'Infinity', '1e400'])),
  'not numbers': (s, r) => spoil(s, r, number(r), 0.1, () => 'NaN'),
  'huge whole numbers': (s, r) =>
    spoil(s, r, number(r), 1, () => `90071992547409${r.nextBelow(100)}${r.nextBelow(1000)}`),
  'leading zeros': (s, r) => spoil(s, r, number(r), 1, (v) => `00${Math.trunc(Number(v) || 0)}`),
  'dates of several forms': (s, r) =>
    spoil(s, r, 4, 0.5, (v) =>
      oneOf(r, [v.split('-').reverse().join('.'), v.replaceAll('-', '/'), `${v}T10:00:00Z`, 'yesterday']),
    ),
  'impossible dates': (s, r) => spoil(s, r, 4, 0.1, () => '2023-02-30'),
  'yes in many spellings': (s, r) =>
    spoil(s, r, 5, 0.9, () => oneOf(r, ['yes', 'Yes', 'YES', 'y', '1', 'true', 'no', 'No', '0'])),
  'other cases of a category': (s, r) => spoil(s, r, 3, 0.5, (v) => v.toUpperCase()),
  'quotes inside': (s, r) => spoil(s, r, 3, 0.2, (v) => `${v} "so called"`),
  'line ends inside': (s, r) => spoil(s, r, 3, 0.1, (v) => `${v}\nsecond line`),
  'the delimiter inside': (s, r) => spoil(s, r, 3, 0.3, (v) => `${v}${s.delimiter} and so on`),
  'very long texts': (s, r) => spoil(s, r, 3, 0.01, (v) => v.repeat(20_000)),
  'control characters': (s, r) => spoil(s, r, 3, 0.1, (v) => `${v}\u0007\u0001`),
  'signs beyond the first plane': (s, r) => spoil(s, r, 3, 0.3, (v) => `${v} 🦉𝒳`),
  'a formula': (s, r) => spoil(s, r, 3, 0.1, () => '=CMD|calc!A0'),
  'gaps in the target': (s, r) => spoil(s, r, 5, 0.3, () => ''),
  'an empty target': (s, r) => spoil(s, r, 5, 1, () => ''),
  'one class': (s, r) => spoil(s, r, 5, 1, () => 'no'),
  'a rare class': (s, r) => spoil(s, r, 5, 0.005, () => 'perhaps'),
  'an empty column': (s, r) => spoil(s, r, column(s, r), 1, () => ''),
  'a constant column': (s, r) => spoil(s, r, number(r), 1, () => '7'),
  'few rows': (s, r) => void (s.rows = s.rows.slice(0, 2 + place(r, 12))),
  'one row': (s) => void (s.rows = s.rows.slice(0, 1)),
  'no rows': (s) => void (s.rows = []),
  'equal rows': (s) => void (s.rows = [...s.rows, ...s.rows, ...s.rows]),
  'one row a thousand times': (s) => void (s.rows = Array.from({ length: 1000 }, () => [...(s.rows[0] ?? [])])),
  'names with spaces': (s) => void (s.header = s.header.map((h, i) => (i === 5 ? h : `  ${h} (in %) `))),
  'equal names': (s) => void (s.header[2] = s.header[1] ?? ''),
  'names that differ in case': (s) => void (s.header[2] = (s.header[1] ?? '').toUpperCase()),
  'an empty name': (s) => void (s.header[1] = ''),
  'names like keywords': (s) => void s.header.splice(0, 4, 'select', 'from "x"', "group's", '__row'),
  'names that are numbers': (s) => void s.header.splice(1, 2, '2019', '2020.5'),
  'a total at the end': (s) => void s.rows.push(['Total', '999999', '', '', '', '']),
  'a ragged row': (s, r) => void s.rows.splice(place(r, s.rows.length), 0, ['1', '2']),
  'too long a row': (s, r) => void s.rows[place(r, s.rows.length)]?.push('more', 'and more'),
  semicolons: (s) => void (s.delimiter = ';'),
  tabs: (s) => void (s.delimiter = '\t'),
  bars: (s) => void (s.delimiter = '|'),
  'Windows line ends': (s) => void (s.newline = '\r\n'),
  'everything quoted': (s) => void (s.quoteAll = true),
  'no last line end': (s) => void s.text.push((t) => t.trimEnd()),
  'empty lines': (s) =>
    void s.text.push((t) => t.replaceAll(/\n(?=\d)/g, (m, at: number) => (at % 7 === 0 ? '\n\n' : m))),
  'a title above the header': (s) => void s.text.push((t) => `Report of 2026\n\n${t}`),
  'a comment at the end': (s) => void s.text.push((t) => `${t}# exported by hand\n`),
  'an open quote': (s) => void s.text.push((t) => `${t.slice(0, t.length >> 1)}"${t.slice(t.length >> 1)}`),
  'a byte order mark': (s) => void s.bytes.push((b) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), b])),
  'Latin-1': (s) => {
    s.text.push((t) => t.replaceAll('a', 'ä'));
    s.bytes.push((b) => Buffer.from(Buffer.from(b).toString('utf8'), 'latin1'));
  },
  'UTF-16': (s) =>
    void s.bytes.push((b) =>
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(Buffer.from(b).toString('utf8'), 'utf16le')]),
    ),
  'a zero byte': (s, r) => void s.bytes.push((b) => ((b[place(r, b.length)] = 0), b)),
  'cut in the middle': (s) => void s.bytes.push((b) => b.subarray(0, Math.floor(b.length * 0.6))),
};

/** Every fault comes at least once in `count` files of at least 30; the rest is drawn. */
export function makeDirtyCsvs(count = 50, seed = 1): DirtyCsv[] {
  const random = randomGenerator(seed);
  const all = Object.keys(faults);
  return Array.from({ length: count }, (_, i): DirtyCsv => {
    const own = random.stream(i);
    const chosen = new Set([all[(2 * i) % all.length] ?? '', all[(2 * i + 1) % all.length] ?? '']);
    if (own.nextFloat() < 0.5) chosen.add(all[place(own, all.length)] ?? '');
    const sheet = cleanSheet(own, i);
    for (const fault of chosen) faults[fault]?.(sheet, own);
    return { name: [...chosen].join(', '), target: sheet.header[5] ?? 'target', bytes: render(sheet) };
  });
}

function cleanSheet(random: RandomGenerator, i: number): Sheet {
  const regression = i % 3 === 2;
  const rows = Array.from({ length: 120 }, (_, row) => {
    const age = 18 + random.nextBelow(60);
    const weight = Math.round(400 + 900 * random.nextFloat()) / 10;
    const city = oneOf(random, ['Bern', 'Basel', 'Chur', 'Genf']);
    const outcome = regression
      ? String(Math.round((age * 2 + weight + 5 * random.nextFloat()) * 100) / 100)
      : age + weight > 130
        ? 'yes'
        : 'no';
    return [String(row + 1), String(age), String(weight), city, `2024-0${1 + (row % 9)}-1${row % 10}`, outcome];
  });
  return {
    header: ['id', 'age', 'weight', 'city', 'seen', 'outcome'],
    rows,
    delimiter: ',',
    newline: '\n',
    text: [],
    bytes: [],
    quoteAll: false,
  };
}

function render(sheet: Sheet): Uint8Array {
  const cell = (value: string): string =>
    sheet.quoteAll || value.includes('"') || value.includes('\n') || value.includes(sheet.delimiter)
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  const lines = [sheet.header, ...sheet.rows].map((row) => row.map(cell).join(sheet.delimiter));
  const text = sheet.text.reduce((t, change) => change(t), lines.map((line) => line + sheet.newline).join(''));
  return sheet.bytes.reduce<Uint8Array>((b, change) => change(b), new TextEncoder().encode(text));
}
