/** DuckDB's words about a JSON file, for a person. */
import type { Finding } from '../../../shared/spec/define-spec.ts';

export function readNoteFor(said: string): Finding | undefined {
  const malformed = /Malformed JSON .*?in (?:line|record\/value) (\d+): ([^\n.]*)/.exec(said);
  if (malformed !== null)
    return {
      code: 'json.malformed',
      message: `Line ${malformed[1]} is not JSON: ${malformed[2] ?? ''}.`,
      mend: 'Correct the line; a file with one object a line may not spread an object over several.',
      param: 'file',
      facts: { line: Number(malformed[1]) },
    };
  const twice = /in (?:line|record\/value) (\d+): Object .*? has duplicate key "(.*?)"/s.exec(said);
  if (twice !== null)
    return {
      code: 'json.duplicate-key',
      message: `Line ${twice[1]} has the key "${twice[2] ?? ''}" twice.`,
      mend: 'Keep one of the two.',
      param: 'file',
      facts: { line: Number(twice[1]) },
    };
  return undefined;
}
