/** DuckDB's errors in the words of a person who drew a pipeline. Unknown ones keep DuckDB's own sentence. */
import { cancelled, fail, failWith, FlowyardError } from '../../shared/errors.ts';
import { raisedFinding } from '../../shared/raise.ts';
import { diskFull } from '../../shared/system-problem.ts';

type Rule = { match: RegExp; make: (m: RegExpExecArray, text: string) => FlowyardError };

const rules: readonly Rule[] = [
  {
    match: /Referenced (?:column|table) "([^"]*)" not found.*?(?:Candidate bindings: (.*?))?(?:\n|$)/s,
    make: (m) =>
      fail('column.missing', {
        message: `There is no column "${m[1] ?? ''}" here.`,
        mend: m[2]
          ? `Did you mean ${m[2].replaceAll(/"(?:[^".]*\.)?([^"]*)"/g, '"$1"').trim()}?`
          : 'Choose a column that the input has.',
        column: m[1] ?? '',
      }),
  },
  {
    match: /Out of Range Error: (\w+) is out of range/,
    make: (m) =>
      fail('value.too-large', {
        message: `The ${m[1]?.toLowerCase() ?? ''} of these numbers is beyond the largest number that a column can hold (1.8e308).`,
        mend: 'Divide the values by a number before.',
      }),
  },
  { match: /INTERRUPT|Interrupted/, make: () => cancelled() },
  {
    match: /max_temp_directory_size/,
    make: () =>
      fail('run.temp-limit', {
        message: 'This step needs more temporary disk than the run may use.',
        mend: 'Filter or select columns earlier, sample the rows, or give it more (Limits of a run beside Run, or --temp-limit).',
      }),
  },
  {
    match: /Out of Memory Error|failed to (?:pin|allocate)/i,
    make: () =>
      fail('run.out-of-memory', {
        message: 'This step needs more memory than Flowyard may use.',
        mend: 'Filter or select columns earlier, sample the rows, or give it more (Limits of a run beside Run, or --memory).',
      }),
  },
  {
    match: /No space left on device|ENOSPC|disk is full/i,
    make: () => failWith(diskFull),
  },
  {
    match: /Permission Error|Cannot access (?:file|directory) "([^"]*)"|file system operations are disabled/,
    make: (m) =>
      fail('file.not-allowed', {
        message: m[1] ? `Reading "${m[1]}" is not allowed.` : 'SQL may not read or write files.',
        mend: 'Use a reader node for the file, and wire it here.',
      }),
  },
  {
    match: /No files found that match the pattern "([^"]*)"/,
    make: (m) =>
      fail('file.missing', { message: `The file "${m[1] ?? ''}" is not there.`, mend: 'Choose the file again.' }),
  },
  {
    match: /Conversion Error: Could not convert string '(.*?)' to (\S+)/s,
    make: (m) =>
      fail('value.conversion', {
        message: `The text "${m[1] ?? ''}" is not a ${sayType(m[2] ?? '')}.`,
        mend: 'Set the column’s type so that such values become missing, or clean them first.',
      }),
  },
  {
    match: /Max expression depth limit of (\d+) exceeded/,
    make: (m) =>
      fail('sql.too-deep', {
        message: `The expression has more than ${m[1] ?? ''} steps within or behind each other.`,
        mend: 'Cut it into several nodes, or give many values as one list: column IN (1, 2, 3).',
      }),
  },
  {
    match: /The (\w+) option cannot exceed a size of (\d+) bytes?/,
    make: (m) =>
      fail('csv.too-long-sign', {
        message: `The ${m[1] === 'delimiter' ? 'separator' : (m[1] ?? '')} has more than ${m[2] ?? ''} bytes: a letter with an accent has two, most other scripts three, an emoji four.`,
        mend: 'Choose a shorter one, or replace it in the file first.',
      }),
  },
  {
    match: /Maximum line size of (\d+) bytes? exceeded/,
    make: (m, text) => {
      const line = Number(/Line: (\d+)/.exec(text)?.[1] ?? 0);
      return fail('csv.long-line', {
        message: `${line > 0 ? `Line ${line.toLocaleString('en-US')}` : 'A line'} is longer than ${Math.round(Number(m[1]) / 1e6)} MB.`,
        mend: 'A quote that is never closed makes one line of many: set quotes to "none", or correct the file.',
        ...(line > 0 ? { facts: { line } } : {}),
      });
    },
  },
  {
    match:
      /(?:Could not parse \w+FORMAT|Failed to parse format specifier [\s\S]*?): (?:Unrecognized format for strftime\/strptime: ([^\n]*)|(Trailing format character))/,
    make: (m) =>
      fail('date.format', {
        message:
          m[2] === undefined
            ? `"${m[1] ?? ''}" stands for no part of a date or time.`
            : 'A format of dates and times ends with %, behind which a letter is missing.',
        mend: 'Use %d day, %m month, %Y year, %y two-digit year, %b month name, %H hour, %M minute, %S second, %f fraction, %z zone; %% is a percent sign.',
      }),
  },
  {
    // It counts objects here, whatever it calls them.
    match: /JSON transform error in file "([^"]*)", in (?:line|record\/value) (\d+): ?([^\n]*)/,
    make: (m) => {
      const [, path = '', row = '', said = ''] = m;
      const at = `Row ${Number(row).toLocaleString('en-US')} of "${nameOf(path)}"`;
      const facts = { row: Number(row) };
      const twice = /has duplicate key "(.*?)"/.exec(said)?.[1];
      return twice === undefined
        ? fail('json.unfit-value', {
            message: `${at} ${sayUnfit(said)}.`,
            mend: 'Correct the value in the file, or look at the whole file before deciding types.',
            facts,
          })
        : fail('json.duplicate-key', {
            message: `${at} has the key "${twice}" twice.`,
            mend: 'Keep one of the two.',
            facts,
          });
    },
  },
  {
    match: /"maximum_object_size" of (\d+) bytes exceeded while reading file "([^"]*)"/,
    make: (m) =>
      fail('json.too-large', {
        message: `One row or value of "${nameOf(m[2] ?? '')}" has more than ${Math.round(Number(m[1]) / 2 ** 20)} MB.`,
        mend: 'Take it out or cut it into several rows, one object a line.',
      }),
  },
  {
    match: /Footer length error in file '([^']*)'/,
    make: (m) =>
      fail('parquet.unreadable', {
        message: `"${nameOf(m[1] ?? '')}" is not a whole Parquet file.`,
        mend: 'Was the download or the copy cut off, or is it still being written?',
      }),
  },
  {
    match: /Parser Error: (.*?)(?:\n|$)/,
    make: (m) =>
      fail('sql.syntax', { message: `The SQL cannot be read: ${m[1] ?? ''}.`, mend: 'Correct the expression.' }),
  },
  {
    match: /(?:Scalar|Aggregate|Table) Function with name (\S+) does not exist!?\s*(?:Did you mean "([^"]*)")?/,
    make: (m) =>
      fail('sql.no-function', {
        message: `There is no function "${m[1] ?? ''}".`,
        mend: m[2] ? `Did you mean ${m[2]}?` : 'Choose a function from the completion list.',
      }),
  },
  { match: /(?:CSV Error|Invalid Input Error: CSV)[^\n]*?(?:Line: (\d+))?/, make: (_m, text) => csvProblem(text) },
];

export function databaseProblem(thrown: unknown): FlowyardError {
  if (thrown instanceof FlowyardError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // What a node's own SQL raised comes in its own words.
  const raised = raisedFinding(text);
  if (raised !== undefined) return failWith(raised, { cause: thrown });
  for (const rule of rules) {
    const found = rule.match.exec(text);
    if (found) {
      const made = rule.make(found, text);
      return failWith(made.problem, { cause: thrown });
    }
  }
  return fail(
    'sql.failed',
    {
      message:
        text
          .replace(/^(Binder|Invalid Input|Catalog|Out of Range|Not implemented) Error: /, '')
          // Where a file lies on this machine is nobody's business, and DuckDB's settings are none that a person has here.
          .replaceAll(
            /(file (["']))([^"'\n]+)(?=\2)/gi,
            (_all, before: string, _quote, path: string) => `${before}${nameOf(path)}`,
          )
          .replaceAll(/\n(?:Try setting|Try increasing) [^\n]*/g, '')
          .split('\n\n')[0]
          ?.trim() ?? text,
      mend: 'Look at the query, formula or value that this names; Code has the SQL of the node.',
    },
    { cause: thrown },
  );
}

/** What does not become a value of its column. */
function sayUnfit(said: string): string {
  const [, type, value] = /^Failed to (?:cast value|parse string) to (\w+): (.*)$/.exec(said) ?? [];
  return value === undefined
    ? 'has a value of another type than its column'
    : `has ${value.slice(0, 80)}, which is no ${type === 'numerical' ? 'number' : type}`;
}

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

function csvProblem(text: string): FlowyardError {
  const line = /Line: (\d+)/.exec(text)?.[1];
  const reason =
    /CSV Error on Line: \d+\s*(?:Original Line:[^\n]*\n)?([^\n]*)/.exec(text)?.[1] ?? text.split('\n')[0] ?? text;
  return fail('csv.unreadable', {
    message:
      line === undefined ? `The file cannot be read as CSV: ${reason}` : `Line ${line} cannot be read: ${reason}`,
    mend: 'Correct the line, or choose in the reader what to do with such rows.',
    ...(line === undefined ? {} : { facts: { line: Number(line) } }),
  });
}

const sayType = (type: string): string =>
  /INT|DOUBLE|DECIMAL|FLOAT/.test(type)
    ? 'number'
    : type.startsWith('DATE')
      ? 'date'
      : type.startsWith('TIME')
        ? 'time'
        : type.startsWith('BOOL')
          ? 'yes/no value'
          : type.toLowerCase();
