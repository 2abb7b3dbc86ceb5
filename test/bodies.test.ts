/** Whatever comes over HTTP is asked for in one place and read in one place, with limits: `engine/http/`. A body that is read elsewhere is as large as its sender wants. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
/** The window asks its own server alone, from within a browser. */
const rooms = ['shared', 'methods', 'nodes', 'engine', 'electron', 'cli'];
const home = /^engine\/http\//;

const rules: { what: string; says: RegExp; spared: readonly RegExp[] }[] = [
  { what: 'asks over HTTP', says: /(?<![\w.'’])fetch\s*\(|globalThis\.fetch/, spared: [] },
  {
    what: 'has a client of its own',
    says: /import\s[^;]*\b(request|get|Agent)\b[^;]*from 'node:https?'|from '(undici|axios|got|node-fetch)'/,
    spared: [],
  },
  {
    what: 'reads a body',
    says: /\.(text|json|arrayBuffer|blob|bytes|formData)\(\)|\.getReader\(\)|new Response\([^)]*\)\s*\./,
    spared: [
      // Schemas, cursors in files, tensors, encoders and files that were dropped are no bodies.
      /\bz\s*\.json\(\)/g,
      /\bcursor\.text\(\)/g,
      /\b(tensor|encoder)\.bytes\(\)/g,
      /\bfile(\.slice\([^)]*\))?\.(text|arrayBuffer)\(\)|\bpart\.arrayBuffer\(\)/g,
    ],
  },
  {
    what: 'takes in a request or an answer piece by piece',
    says: /\b(request|response|answer|incoming)\.(on|once)\(\s*'data'|for await \([^)]* of (request|response|answer)\b/,
    spared: [],
  },
];

const isTest = (file: string): boolean => /\.(test|spec)\.tsx?$/.test(file);
const sources = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(tsx?|mjs)$/.test(name) && !isTest(name) && !/(^|\/)(node_modules|fixtures)\//.test(name)),
);
const bare = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<!:)\/\/.*$/gm, '');

function faultsOf(file: string, text: string): string[] {
  if (home.test(file)) return [];
  const source = bare(text);
  return rules.flatMap(({ what, says, spared }) =>
    says.test(spared.reduce((left, one) => left.replaceAll(one, ''), source)) ? [`${file} ${what}`] : [],
  );
}

test('only engine/http asks over HTTP and reads what comes', () => {
  expect(sources.flatMap((file) => faultsOf(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

test('the rule is not asleep', () => {
  for (const text of [
    "const response = await fetch('https://x');",
    'return globalThis.fetch(url);',
    "import { request as httpRequest } from 'node:http';",
    "import { get } from 'node:https';",
    "import { fetch } from 'undici';",
    'const text = await response.text();',
    'JSON.parse(await (await asked).text())',
    'const { data } = await response.json();',
    'new Uint8Array(await answer.arrayBuffer())',
    'const reader = response.body.getReader();',
    'for await (const piece of response.body) keep(piece);',
    "request.on('data', (part) => parts.push(part));",
  ])
    expect([text, faultsOf('engine/llm/some.ts', text)]).toEqual([text, [expect.any(String)]]);
});
