import { expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

const faultOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return jsonFault(text, thrown);
  }
};
const lines = '"k": [1, -2.5e3, "a\\u0041\\n", true, null],\n'.repeat(40);

it.each([
  ['a word', `{\n${lines}"z": nope,\n${lines}"e": 1}`, 42, "Unexpected token 'o'"],
  ['half a word', '{\n"a": tru,\n"b": 1}', 2, "Unexpected token ','"],
  ['a comma too many', '{"a":1,\n"b":2,\n}', 3, 'Expected double-quoted property name'],
  ['a comma too few', '{\n"a": 1\n"b":1}', 3, "Expected ',' or '}' after property value"],
  ['single quotes', `{\n${lines}'z': 1}`, 42, 'Expected double-quoted property name'],
  ['a bad letter at the end', `{\n${lines}"z": 1}\n\nx`, 44, 'Unexpected non-whitespace character after JSON'],
  ['NaN', '{\n"a":\nNaN}', 3, "Unexpected token 'N'"],
  ['an end that is missing', `{\n${lines}"a": `, 42, 'Unexpected end of JSON input'],
])('names the line of %s', (_, text, line, reason) => {
  expect(faultOf(text)).toMatchObject({ line, reason });
});
