/** With colours of the reader's own (Windows' contrast themes) grounds and shadows go: what is told by them alone is drawn by lines or in a system colour. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..');
const forcedBlock = /@media \(forced-colors: active\) \{(?:[^{}]*\{[^{}]*\})*\s*\}/g;

interface Rule {
  name: string;
  /** The class of what is drawn, or of what it is in. */
  element: string;
  body: string;
}
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.module.css'))
  .map((name) => {
    const text = readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    const blocks = [...text.matchAll(forcedBlock)].map(([block]) => block).join('\n');
    const drawn = new Set([...blocks.matchAll(/\.[\w-]+/g)].map(([element]) => element));
    const rules = [...text.replaceAll(forcedBlock, '').matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(
      ([, selector = '', body = '']): Rule => ({
        name: `${name}: ${selector.trim()}`,
        element:
          /\.[\w-]+/.exec(
            selector
              .trim()
              .split(/[\s>]+/)
              .at(-1) ?? '',
          )?.[0] ??
          /^\.[\w-]+/.exec(selector.trim())?.[0] ??
          '',
        body,
      }),
    );
    return { drawn, rules };
  });
const unmarked = (marks: (rule: Rule) => boolean): string[] =>
  files.flatMap(({ drawn, rules }) =>
    rules.filter((rule) => marks(rule) && !drawn.has(rule.element)).map(({ name }) => name),
  );

it('a surface whose edge is a shadow has a line', () => {
  expect(
    unmarked(({ body }) => /box-shadow:\s*(inset )?0 0 0 [\d.]+px/.test(body) && !/(?<!-)border: 1px/.test(body)),
  ).toEqual([]);
});

it('a sign that is nothing but its ground (a dot, a bar) has a system colour', () => {
  expect(
    unmarked(({ body }) => {
      const ground = /background: ([^;]+)/.exec(body)?.[1] ?? 'none';
      const isSmall = [...body.matchAll(/(?<![-\w])(?:width|height): ([\d.]+)px/g)].some(([, px]) => Number(px) <= 10);
      return isSmall && ground !== 'none' && ground !== 'transparent';
    }),
  ).toEqual([]);
});
