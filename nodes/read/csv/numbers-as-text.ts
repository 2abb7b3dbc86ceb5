/** Columns of texts that are numbers or dates to a person: decimal commas, currencies, units, a word for "missing". A model would take each value for a name, and say nothing. */
import type { Fix } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import type { Shape } from './csv-head.ts';
import { literal } from '../../../shared/sql.ts';
import type { CsvParams } from './read-csv-sql.ts';

/** Fewer values tell nothing. */
const fewestValues = 5;
/** Of the values that are there: a few odd ones do not make a column of numbers one of texts. */
const mostOfThem = 0.9;
/** Words for "missing" stand in many rows; what stands beside numbers in more than half of them is a column of texts. */
const leastNumbers = 0.5;

// A leading zero makes a code of a number (a postal code), and codes stay texts.
const plain = /^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const decimalComma = /^[+-]?(0|[1-9]\d*|[1-9]\d{0,2}(\.\d{3})+),\d+$/;
const groupedByPoints = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;
const groupedByCommas = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
const groupedBySpaces = /^[+-]?[1-9]\d{0,2}([ \u00a0]\d{3})+([.,]\d+)?$/;
const withSign = /^[+-]?(?<before>[^\d\s+.,-]{0,4}) ?[+-]?(\d[\d.,' \u00a0]*) ?(?<after>[^\d\s+.,-]{0,12})$/;

interface Texts {
  name: string;
  /** What is there, without the words that the reader takes for "missing". */
  values: string[];
  /** The same as they stand in the file. */
  asWritten: string[];
}

const share = (values: readonly string[], fits: (value: string) => boolean): number =>
  values.filter(fits).length / values.length;
const listed = (names: readonly string[]): string =>
  `${names
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

export function numbersAsText(
  node: string,
  p: CsvParams,
  shape: Shape,
  columns: readonly { name: string; type: string }[],
): Finding[] {
  if (columns.length !== shape.width) return [];
  const texts = columns.flatMap(({ name, type }, i): Texts[] => {
    if (type !== 'VARCHAR' || Object.hasOwn(p.types, name)) return [];
    const asWritten = shape.rows
      .slice(1)
      .flatMap(({ fields }) => fields[i] ?? [])
      .filter((value) => value.trim() !== '' && !p.missingWords.includes(value));
    return asWritten.length < fewestValues ? [] : [{ name, asWritten, values: asWritten.map((value) => value.trim()) }];
  });
  const taken = new Set<string>();
  const those: Those = (fits) => {
    const found = texts.filter(({ name, values, asWritten }) => !taken.has(name) && fits(values, asWritten));
    for (const { name } of found) taken.add(name);
    return found;
  };
  return [
    ...byOddMinus(node, p, those),
    ...byDecimalComma(node, p, those),
    ...byGroups(node, p, those),
    ...bySigns(node, p, those),
    ...bySpaces(node, those),
    ...byWords(node, p, those),
    ...byDates(node, those),
  ];
}

/** The columns that fit and that nothing was said about yet. */
type Those = (fits: (values: readonly string[], asWritten: readonly string[]) => boolean) => Texts[];
const finding = (
  of: readonly Texts[],
  what: string,
  example: string,
  rest: Partial<Finding> & { mend: string },
): Finding => ({
  code: 'csv.numbers-as-text',
  severity: 'warning',
  message: `${listed(of.map(({ name }) => name))} ${of.length === 1 ? 'is' : 'are'} read as text: the numbers ${what}, such as ${example}.`,
  facts: { columns: of.map(({ name }) => name) },
  ...(of[0] === undefined ? {} : { column: of[0].name }),
  ...rest,
});
const exampleOf = (of: readonly Texts[], like: RegExp): string =>
  of.flatMap(({ values }) => values).find((value) => like.test(value)) ?? '';

/** Three digits behind each comma are thousands: 12,345 alone says nothing of a decimal comma, 12,34 and 0,345 do. */
const hasDecimalComma = (values: readonly string[]): boolean =>
  values.some((value) => decimalComma.test(value) && !groupedByCommas.test(value)) &&
  share(values, (value) => decimalComma.test(value) || groupedByPoints.test(value) || plain.test(value)) >= mostOfThem;

/** Without the one or two words that stand where there is no number ("k.A.", "-"): they say nothing of how numbers are written. */
function besideWords(values: readonly string[]): readonly string[] {
  const numbers = values.filter((value) => /\d/.test(value));
  const words = new Set(values.filter((value) => !/\d/.test(value)));
  return words.size <= 2 && numbers.length >= leastNumbers * values.length ? numbers : values;
}

function byDecimalComma(node: string, p: CsvParams, those: Those): Finding[] {
  if (p.decimalMark === 'comma') return [];
  const found = those((values) => hasDecimalComma(besideWords(values)));
  if (found.length === 0) return [];
  const grouped = found.some(({ values }) => values.some((value) => groupedByPoints.test(value)));
  return [
    finding(found, 'have a decimal comma', exampleOf(found, decimalComma), {
      mend: `Set the decimal mark to comma${grouped && p.thousandsMark !== 'point' ? ' and then the thousands mark to point' : ''}.`,
      param: 'decimalMark',
      fixes: [{ do: 'set', title: 'Decimal comma', node, param: 'decimalMark', value: 'comma' }],
    }),
  ];
}

function byGroups(node: string, p: CsvParams, those: Those): Finding[] {
  if (p.thousandsMark !== 'none') return [];
  const marks = {
    ...(p.decimalMark === 'comma' ? { point: groupedByPoints } : { comma: groupedByCommas }),
    space: groupedBySpaces,
  };
  const other = p.decimalMark === 'comma' ? /^[+-]?\d+(,\d+)?$/ : plain;
  return Object.entries(marks).flatMap(([mark, like]) => {
    const found = those((all) => {
      const values = besideWords(all);
      return (
        values.some((value) => like.test(value)) &&
        share(values, (value) => like.test(value) || other.test(value)) >= mostOfThem
      );
    });
    if (found.length === 0) return [];
    const example = exampleOf(found, like);
    const isOpen =
      mark === 'comma' &&
      found.every(({ values }) => values.every((v) => /^[^.,]*(,\d{3})?$/.test(v) || !/\d/.test(v)));
    return [
      finding(found, `have a ${mark} between thousands`, example, {
        mend: `Set the thousands mark to ${mark}${isOpen ? `; or the decimal mark, if ${example} is less than a thousand` : ''}.`,
        param: 'thousandsMark',
        fixes: [
          { do: 'set', title: `Thousands: ${mark}`, node, param: 'thousandsMark', value: mark },
          ...(isOpen
            ? [{ do: 'set' as const, title: 'Decimal comma', node, param: 'decimalMark', value: 'comma' }]
            : []),
        ],
      }),
    ];
  });
}

/** The signs around a number. */
function signsOf(value: string): string | undefined {
  const { before, after } = withSign.exec(value)?.groups ?? {};
  // Letters before digits are codes ("A12", "room 7"); a currency is a sign, or stands behind.
  return before === undefined || after === undefined || /\p{L}/u.test(before) ? undefined : `${before}|${after}`;
}
const noSigns = '|';

/** Accountants write (1,234.50) for a number below zero; typographers a minus of their own. */
const inParentheses = /^\((.+)\)$/;
const withMinus = (value: string): string => value.replace(inParentheses, '-$1').replace('−', '-');

/** ($1,234.50) or −5 among others of its kind. */
function byOddMinus(node: string, p: CsvParams, those: Those): Finding[] {
  const found = those((values) => {
    const first = values.map((value) => signsOf(withMinus(value))).find((sign) => sign !== undefined);
    const odd = values.filter((value) => withMinus(value) !== value).length;
    return (
      odd > 0 && odd < values.length && share(values, (value) => signsOf(withMinus(value)) === first) >= mostOfThem
    );
  });
  return found.length === 0
    ? []
    : [numbersBySigns(node, p, found, 'have a minus of another form', exampleOf(found, /[(−]/))];
}

/** $1,234.50, 12 %, 30 kg: the same signs in every row, else they may be different units. */
function bySigns(node: string, p: CsvParams, those: Those): Finding[] {
  const signs = (value: string): string | undefined => {
    const found = signsOf(withMinus(value));
    return found === noSigns ? undefined : found;
  };
  const found = those((values) => {
    const first = values.map(signs).find((sign) => sign !== undefined);
    return first !== undefined && share(values, (value) => signs(value) === first) >= mostOfThem;
  });
  if (found.length === 0) return [];
  const example = found[0]?.values.find((value) => signs(value) !== undefined) ?? '';
  return [numbersBySigns(node, p, found, 'have signs or units beside them', example)];
}

/** What stands before and behind the numbers, the longest first. */
function signsIn(values: readonly string[]): string[] {
  const first = values.map((value) => signsOf(withMinus(value))).find((sign) => sign !== undefined && sign !== noSigns);
  return (first ?? '')
    .split('|')
    .filter((sign) => sign !== '')
    .toSorted((a, b) => b.length - a.length);
}

function numbersBySigns(
  node: string,
  { decimalMark }: CsvParams,
  found: readonly Texts[],
  what: string,
  example: string,
): Finding {
  const number = ({ name, values }: Texts): string => {
    const bare = values.map((value) => withMinus(value).replaceAll(/[^\d.,+-]/g, ''));
    // Both marks as decimal ones, by several hands: then neither groups.
    const hasPoint = bare.some((value) => value.includes('.') && plain.test(value) && !groupedByPoints.test(value));
    // What is below zero in the rows that nobody has looked at stays so.
    const signed = `regexp_replace(replace("${name.replaceAll('"', '""')}", '−', '-'), '^\\s*\\((.*)\\)\\s*$', '-\\1')`;
    // Only the signs that were seen: $1.2M in rows that nobody has looked at is never 1.2, nor 5 g five kilograms.
    const unsigned = signsIn(values).reduce((text, sign) => `replace(${text}, ${literal(sign)}, '')`, signed);
    const kept = `regexp_replace(${unsigned}, '[\\s\u00a0'']', '', 'g')`;
    // Whole numbers say nothing of it themselves: then it is the file's.
    const isComma =
      hasDecimalComma(bare) ||
      (decimalMark === 'comma' &&
        !hasPoint &&
        !bare.some((value) => value.includes('.') && groupedByCommas.test(value)));
    // Only what stands before three digits parts thousands: 50.5 in rows that nobody has looked at is never 505.
    const without = (mark: string): string => `regexp_replace(${kept}, '${mark}(\\d{3})\\b', '\\1', 'g')`;
    const pointed = !isComma
      ? without(',')
      : hasPoint
        ? `replace(${kept}, ',', '.')`
        : `replace(${without('\\.')}, ',', '.')`;
    // A word without a digit ("k.A.") says that there is none.
    return `CAST(nullif(regexp_replace(${pointed}, '^[^0-9]*$', ''), '') AS DOUBLE)`;
  };
  return finding(found, what, example, {
    mend: 'Make numbers of them with a formula after this node.',
    fixes: [
      {
        do: 'insert',
        title: 'Make numbers of them',
        kind: 'clean.derive',
        params: { columns: found.map((one) => ({ name: one.name, expression: number(one) })) },
        node,
        side: 'after',
        port: 'rows',
      },
    ],
  });
}

/** Numbers, and one or two words that stand where there is none: "?", "-", "unknown". */
function byWords(node: string, p: CsvParams, those: Those): Finding[] {
  const isNumber = (value: string): boolean =>
    plain.test(value) || (p.decimalMark === 'comma' && decimalComma.test(value));
  const wordsOf = (values: readonly string[]): string[] => [
    ...new Set(values.filter((value) => !isNumber(value) && value.length <= 20)),
  ];
  const found = those((values) => {
    const words = wordsOf(values);
    return (
      words.length > 0 &&
      words.length <= 2 &&
      share(values, isNumber) >= leastNumbers &&
      values.filter((value) => words.includes(value)).length >= words.length
    );
  });
  return found.map((one) => {
    const words = wordsOf(one.values);
    const said = words.map((word) => `"${word}"`).join(' and ');
    return finding([one], `stand among ${said}`, one.values.find(isNumber) ?? '', {
      mend: `Add ${said} to the words for "missing", if ${words.length === 1 ? 'it means' : 'they mean'} that.`,
      param: 'missingWords',
      fixes: [
        {
          do: 'set',
          title: `Take ${said} for missing`,
          node,
          param: 'missingWords',
          value: [...p.missingWords, ...words],
        },
      ],
    });
  });
}

/** " 12.5 ": DuckDB takes spaces for a part of a text. */
function bySpaces(node: string, those: Those): Finding[] {
  const found = those(
    (values, asWritten) =>
      asWritten.some((value, i) => value !== values[i]) && share(values, (value) => plain.test(value)) >= mostOfThem,
  );
  if (found.length === 0) return [];
  return [
    finding(found, 'have spaces around them', `"${exampleOf(found, plain)}"`, {
      mend: 'Turn them into numbers with Column types after this node.',
      fixes: [
        insertTypes(node, 'Turn them into numbers', {
          types: Object.fromEntries(found.map(({ name }) => [name, 'number'])),
        }),
      ],
    }),
  ];
}

const insertTypes = (node: string, title: string, params: Extract<Fix, { do: 'insert' }>['params']): Fix => ({
  do: 'insert',
  title,
  kind: 'clean.types',
  params,
  node,
  side: 'after',
  port: 'rows',
});

const months = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** Days as people write them: how they look, and by what format they are read, the first of which every value fits. */
const days: readonly { like: string; formats: (values: readonly string[]) => string[] }[] = [
  {
    like: String.raw`\d{4}[/.]\d{1,2}[/.]\d{1,2}`,
    formats: ([first = '']) => [['%Y', '%m', '%d'].join(signOf(first))],
  },
  { like: String.raw`\d{1,2}[/.-]\d{1,2}[/.-]\d{4}`, formats: dayOrMonthFirst },
  { like: String.raw`${months} \d{1,2} \d{4}`, formats: () => ['%b %d %Y'] },
  { like: String.raw`${months} \d{1,2}, \d{4}`, formats: () => ['%b %d, %Y'] },
  { like: String.raw`\d{1,2} ${months} \d{4}`, formats: () => ['%d %b %Y'] },
  { like: String.raw`\d{1,2}-${months}-\d{4}`, formats: () => ['%d-%b-%Y'] },
  { like: String.raw`\d{1,2}-${months}-\d{2}`, formats: () => ['%d-%b-%y'] },
];
const clocks = [
  { like: '', format: '' },
  { like: String.raw` \d{1,2}:\d{2}`, format: ' %H:%M' },
  { like: String.raw` \d{1,2}:\d{2}:\d{2}`, format: ' %H:%M:%S' },
  { like: String.raw` \d{1,2}:\d{2} [AP]M`, format: ' %I:%M %p' },
  { like: String.raw` \d{1,2}:\d{2}:\d{2} [AP]M`, format: ' %I:%M:%S %p' },
];
const signOf = (date: string): string => date.replaceAll(/\d/g, '').charAt(0);

function dayOrMonthFirst(values: readonly string[]): string[] {
  const sign = signOf(values[0] ?? '');
  const isMonth = (at: number): boolean => values.every((value) => Number(value.split(sign)[at]) <= 12);
  const byDay = ['%d', '%m', '%Y'];
  const byMonth = ['%m', '%d', '%Y'];
  const orders = sign === '.' || !isMonth(0) ? [byDay] : isMonth(1) ? [byDay, byMonth] : [byMonth];
  return orders.map((parts) => parts.join(sign));
}

/** One file has one date format; a second one in it stays text, and so do months by their names and clocks of twelve hours. */
function byDates(node: string, those: Those): Finding[] {
  return days
    .flatMap((day) => clocks.map((clock) => ({ day, clock })))
    .flatMap(({ day, clock }) => {
      const like = new RegExp(`^${day.like}${clock.like}$`);
      const found = those((values) => share(values, (value) => like.test(value)) >= mostOfThem);
      const values = found.flatMap((one) => one.values.filter((value) => like.test(value)));
      const [first] = values;
      if (first === undefined) return [];
      const formats = day.formats(values).map((format) => `${format}${clock.format}`);
      const type = clock.format === '' ? 'date' : 'timestamp';
      return [
        finding(found, '', first, {
          code: 'csv.dates-as-text',
          message: `${listed(found.map(({ name }) => name))} ${found.length === 1 ? 'is' : 'are'} read as text, with ${type === 'date' ? 'dates' : 'dates and times'} such as ${first}.`,
          mend: `Turn ${found.length === 1 ? 'it' : 'them'} into ${type === 'date' ? 'dates' : 'dates and times'} with Column types after this node, by the format ${formats.join(' or ')}.`,
          fixes: formats.map((dateFormat) =>
            insertTypes(node, `Dates by ${dateFormat}`, {
              types: Object.fromEntries(found.map(({ name }) => [name, type])),
              dateFormat,
            }),
          ),
        }),
      ];
    });
}
