/** How large a JSON Schema may be that answers are held to: its grammar is judged anew for each token, beside the answers of others. */
import { fail } from '../../shared/errors.ts';
import { deepestJson } from '../../shared/json/json-depth.ts';

/** Some three thousand labels: beyond it a token takes longer than a model of this machine does. */
const mostCharacters = 64_000;

/** @throws `language.bad-schema` */
export function checkSchemaSize(schema: unknown): void {
  let characters = 0;
  const left: { value: unknown; depth: number }[] = [{ value: schema, depth: 1 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    characters += typeof value === 'string' ? value.length + 2 : 2;
    if (characters > mostCharacters) throw unfit(`has more than ${mostCharacters.toLocaleString('en-US')} characters`);
    if (depth > deepestJson) throw unfit(`is nested deeper than ${deepestJson} levels`);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, part] of Object.entries(value)) {
      if (!Array.isArray(value)) characters += name.length + 2;
      left.push({ value: part, depth: depth + 1 });
    }
  }
}

const unfit = (how: string) =>
  fail('language.bad-schema', {
    message: `The JSON Schema ${how}: holding an answer to it would take longer than the answer.`,
    mend: 'Simplify it, or ask without it and look at the answers yourself.',
    param: 'schema',
  });
