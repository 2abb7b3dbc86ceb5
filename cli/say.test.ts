import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jsonLine, lineOf } from './say.ts';

const esc = '\u001b';
it('shows what a terminal would obey: it neither clears the screen nor goes back nor turns the letters round', () => {
  expect(lineOf(`${esc}[2Ja\rb\u0007${esc}]0;title\u0007 \u009b2J \u202ecba\u2069 \u007f ä\t😀`)).toBe(
    '\\u001b[2Ja\\u000db\\u0007\\u001b]0;title\\u0007 \\u009b2J \\u202ecba\\u2069 \\u007f ä\t😀\n',
  );
});

it('a name with a line end begins no line that passes for ours', () => {
  expect(lineOf('! The column "x\n✓ Done"\r\nis empty.')).toBe('! The column "x\n    ✓ Done"\n    is empty.\n');
});

it('JSON says the same value without any control', () => {
  const value = { name: `${esc}[2J\u009b\u202e\n` };
  expect(jsonLine(value)).toBe('{"name":"\\u001b[2J\\u009b\\u202e\\n"}\n');
  expect(JSON.parse(jsonLine(value))).toEqual(value);
});

it('no command writes to the terminal past it', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') && !/\.test\.ts$|^(say|print-table|process|spawn-command|input\/ask-hidden)\.ts$/.test(name),
  );
  const past = files.filter((name) =>
    /console\.|std(out|err)\.write\(/.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
  );
  expect([files.length > 30, past]).toEqual([true, []]);
});
