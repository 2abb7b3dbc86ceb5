import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { typesOfColumns } from '../../../shared/spec/reader-fields.ts';
import { textEncodings } from '../../../shared/media/text-encodings.ts';

/** What pandas, R, Excel and SQL write for "nothing". */
export const usualMissingWords = ['', 'NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'None'];

export const spec = defineSpec({
  kind: 'read.csv',
  version: 1,
  computes: 4,
  title: 'CSV file',
  about: 'Reads a text table: comma, semicolon or tab separated, also compressed.',
  keywords: [
    'csv',
    'tsv',
    'open',
    'import',
    'load',
    'file reader',
    'read_csv',
    'text file',
    'excel export',
    'tab separated',
    'delimiter',
    'input data',
    'read data',
    'open file',
    'load data',
    'comma separated',
    'table reader',
    'upload file',
    'read_table',
  ],
  icon: 'file-spreadsheet',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'The file to read, relative to the pipeline. Compressed files (.gz, .zst) are read as they are.',
      extensions: ['.csv', '.tsv', '.txt', '.tab', '.gz', '.zst'],
    }),
    delimiter: field.choice({
      title: 'Separator',
      help: 'What stands between two values. "Automatic" looks at the first rows.',
      choices: {
        auto: 'automatic',
        comma: 'comma ,',
        semicolon: 'semicolon ;',
        tab: 'tab',
        pipe: 'bar |',
        space: 'space',
        other: 'other …',
      },
      default: 'auto',
    }),
    delimiterText: field.text({
      title: 'Other separator',
      help: 'One to four characters.',
      placeholder: '::',
      when: { param: 'delimiter', is: ['other'] },
    }),
    header: field.choice({
      title: 'Header row',
      help: 'Does the first row hold the names? "Automatic" compares it with the rows below. Without names the columns are called column0, column1 and so on.',
      choices: { auto: 'automatic', yes: 'the first row is the header', no: 'there is no header' },
      default: 'auto',
    }),
    types: typesOfColumns('A value that does not fit stops the run with its row.'),
    missingWords: field.texts({
      title: 'Words for "missing"',
      help: 'A value that is exactly one of these becomes missing.',
      default: usualMissingWords,
    }),
    raggedRows: field.choice({
      title: 'Rows of another length',
      help: 'What to do with a row that has more or fewer values than the header. Refusing is the default, because such rows often mean a wrong separator or an unquoted comma.',
      choices: {
        refuse: 'stop and name the row',
        fill: 'fill short rows with missing',
        skip: 'leave them out and count them',
      },
      default: 'refuse',
    }),
    encoding: field.choice({
      title: 'Encoding',
      help: 'How letters are stored. Older programs, and Excel where it saves plain “CSV”, use the one of their country: where a file is not in the chosen one, the likely one is suggested.',
      choices: textEncodings,
      default: 'utf-8',
      section: 'Format',
    }),
    quote: field.choice({
      title: 'Quote character',
      help: 'What surrounds a value that contains the separator or a line break. Inside, it is written twice.',
      choices: { double: 'double "', single: "single '", none: 'none' },
      default: 'double',
      section: 'Format',
    }),
    decimalMark: field.choice({
      title: 'Decimal mark',
      help: '3.14 or 3,14.',
      choices: { point: 'point', comma: 'comma' },
      default: 'point',
      section: 'Format',
    }),
    thousandsMark: field.choice({
      title: 'Thousands mark',
      help: 'What groups digits in 1,234,567, if anything.',
      choices: { none: 'none', point: 'point', comma: 'comma', space: 'space', apostrophe: "apostrophe '" },
      default: 'none',
      section: 'Format',
    }),
    dateFormat: field.text({
      title: 'Date format',
      help: 'Empty: found automatically. %d day, %m month, %Y year, %y two-digit year, %b month name. 31.12.2024 is %d.%m.%Y.',
      placeholder: '%d.%m.%Y',
      section: 'Format',
    }),
    timestampFormat: field.text({
      title: 'Date and time format',
      help: 'Empty: found automatically. %H hour, %M minute, %S second, %f fraction, %z zone.',
      placeholder: '%d.%m.%Y %H:%M',
      section: 'Format',
    }),
    skipLines: field.optionalNumber({
      title: 'Skip lines',
      help: 'Lines to leave out before the header. Empty: found automatically.',
      min: 0,
      step: 1,
      section: 'Format',
    }),
    comment: field.text({
      title: 'Comment character',
      help: 'Lines that begin with this one character are left out.',
      placeholder: '#',
      section: 'Format',
    }),
    lenient: field.switch({
      title: 'Strict mode off',
      help: 'Also reads files with line ends of two kinds or quotes in odd places. Look whether the rows come out right.',
      default: false,
      section: 'Format',
    }),
    sampleRows: field.integer({
      title: 'Sample size',
      help: 'How many rows are looked at before types are decided; fewer where a row has thousands of values. 0 looks at the whole file: slower, and never surprised by a late value.',
      default: 20_480,
      min: 0,
      unit: 'rows',
      section: 'Format',
    }),
  }),
  form: 'relational',
  rows: 'more',
  runsIn: 'process',
  summary: (p) => (p.file === '' ? 'read a CSV file' : `read ${p.file.split(/[\\/]/).at(-1) ?? p.file}`),
  check: ({ node, params: p }) => {
    const findings: Finding[] = [];
    if (p.file === '')
      findings.push({
        code: 'param.empty',
        message: 'No file is chosen yet.',
        mend: 'Choose a CSV file.',
        param: 'file',
      });
    if (p.delimiter === 'other' && (p.delimiterText === '' || Array.from(p.delimiterText).length > 4))
      findings.push({
        code: 'param.empty',
        message: 'The other separator should have one to four letters or signs.',
        mend: 'Type it, or choose one from the list.',
        param: 'delimiterText',
      });
    if (
      (p.decimalMark === 'comma' && p.thousandsMark === 'comma') ||
      (p.decimalMark === 'point' && p.thousandsMark === 'point')
    )
      findings.push({
        code: 'csv.same-marks',
        message: 'The decimal mark and the thousands mark are the same sign.',
        mend: 'Choose another thousands mark.',
        param: 'thousandsMark',
        fixes: [{ do: 'set', title: 'No thousands mark', node, param: 'thousandsMark', value: 'none' }],
      });
    if (p.comment.length > 1)
      findings.push({
        code: 'csv.comment',
        message: 'The comment character should be one character.',
        mend: 'Keep its first character.',
        param: 'comment',
      });
    if (p.skipLines !== null && !Number.isInteger(p.skipLines))
      findings.push({
        code: 'param.not-whole',
        message: '"Skip lines" should be a whole number.',
        mend: 'Give a whole number.',
        param: 'skipLines',
      });
    return findings;
  },
});
