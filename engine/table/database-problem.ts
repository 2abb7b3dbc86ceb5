/** DuckDB's errors in the words of a person who drew a pipeline. Unknown ones keep DuckDB's own sentence. */
import { fail, FlowyardError } from '../../shared/errors.ts';
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
  { match: /INTERRUPT|Interrupted/, make: () => fail('run.cancelled', { message: 'Cancelled.' }) },
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
    make: () => fail(diskFull.code, diskFull),
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
  if (raised !== undefined) return fail(raised.code, raised, { cause: thrown });
  for (const rule of rules) {
    const found = rule.match.exec(text);
    if (found) {
      const made = rule.make(found, text);
      return fail(made.problem.code, made.problem, { cause: thrown });
    }
  }
  return fail(
    'sql.failed',
    {
      message:
        text
          .replace(/^(Binder|Invalid Input|Catalog|Out of Range|Not implemented) Error: /, '')
          .split('\n\n')[0]
          ?.trim() ?? text,
    },
    { cause: thrown },
  );
}

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
