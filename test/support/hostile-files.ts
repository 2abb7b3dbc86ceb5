/** Files that want a machine to stand still: queries, paths, archives, images, texts and pipelines, each with the pipeline that reads it. */
import { createWriteStream, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline as flow } from 'node:stream/promises';
import { createDeflateRaw, createGzip, crc32, deflateSync } from 'node:zlib';
import { endlessQueries, hostileQueries } from './hostile-queries.ts';
import { zipOf } from './zip-of.ts';

export interface HostileFile {
  name: string;
  group: 'query' | 'path' | 'archive' | 'image' | 'text' | 'pipeline';
  /** The pipeline file. */
  file: string;
  /** It would compute for longer than anybody waits. */
  isLong?: boolean;
}

type Nodes = Record<string, { kind: string; params?: Record<string, unknown> }>;
const read = { kind: 'read.example' };
const mb = 2 ** 20;

export async function makeHostileFiles(folder: string): Promise<HostileFile[]> {
  const found: HostileFile[] = [];
  const place = (name: string): string => join(folder, name);
  const add = (group: HostileFile['group'], name: string, what: unknown, isLong = false): void => {
    const file = `${group}-${found.length}.pipeline.json`;
    writeFileSync(place(file), typeof what === 'string' ? what : JSON.stringify(what));
    found.push({ name: `${group}: ${name}`, group, file, ...(isLong ? { isLong } : {}) });
  };
  const reader = (kind: string, params: Record<string, unknown>) => ({
    flowyard: 1,
    nodes: { read: { kind, params } } satisfies Nodes,
  });
  const after = (kind: string, params: Record<string, unknown>) => ({
    flowyard: 1,
    nodes: { read, next: { kind, params } } satisfies Nodes,
    wires: ['read.rows -> next.rows'],
  });
  const learnt = (file: string, target: string) => ({
    flowyard: 1,
    nodes: {
      read: { kind: 'read.csv', params: { file } },
      split: { kind: 'split.rows', params: { target, seed: 1 } },
      fill: { kind: 'prepare.impute' },
      codes: { kind: 'prepare.encode' },
      model: { kind: 'train.logistic-regression' },
    } satisfies Nodes,
    wires: [
      'read.rows -> split.rows',
      'split.rows -> fill.rows',
      'fill.rows -> codes.rows',
      'codes.rows -> model.rows',
    ],
  });

  for (const [name, query] of Object.entries(hostileQueries)) add('query', name, after('combine.sql', { query }));
  for (const [name, query] of Object.entries(endlessQueries)) add('query', name, after('combine.sql', { query }), true);

  // Paths.
  symlinkSync('/etc/passwd', place('link.csv'));
  symlinkSync('around', place('around'));
  mkdirSync(place('deep'));
  symlinkSync('..', place('deep/up'));
  for (const [name, file] of Object.entries({
    outside: '/etc/passwd',
    above: '../../../../etc/passwd',
    'a link out': 'link.csv',
    'a link to itself': 'around',
    'a device': '/dev/zero',
    'a pipe of random': '/dev/urandom',
    'the memory': '/proc/self/mem',
    'a zero inside': 'a\0b.csv',
    'a name of 5,000 letters': `${'x'.repeat(5000)}.csv`,
    '2,000 folders': `${'a/'.repeat(2000)}b.csv`,
    'a folder': 'deep',
    'an address': 'https://127.0.0.1:9/x.csv',
    'a pattern of stars': '**/**/**/**/**/**/*.csv',
    'an endless pattern': `${'*a'.repeat(200)}.csv`,
    'the history': '.flowyard/flowyard.sqlite',
  }))
    add('path', name, reader('read.csv', { file }));
  add('path', 'writes to a zero inside', after('write.table', { file: 'a\0b.csv' }));
  add('path', 'writes above', after('write.table', { file: '../out.csv' }));
  add('path', 'writes to a device', after('write.table', { file: '/dev/full' }));
  add('path', 'a folder in a circle', reader('read.documents', { from: 'folder', folder: 'deep' }));

  // Archives.
  const archive = (name: string, bytes: Buffer): void => {
    const file = `archive-${found.length}.zip`;
    writeFileSync(place(file), bytes);
    add('archive', name, reader('read.documents', { from: 'folder', folder: file, faulty: 'leave-out' }));
  };
  const good = zipOf([{ path: 'a.txt', bytes: Buffer.from('a few words') }]);
  const patched = (at: number, value: number, bytes = 4): Buffer => {
    const copy = Buffer.from(good);
    if (bytes === 4) copy.writeUInt32LE(value, at);
    else copy.writeUInt16LE(value, at);
    return copy;
  };
  const list = good.readUInt32LE(good.length - 6);
  archive('empty', Buffer.alloc(0));
  archive('of zeros', Buffer.alloc(mb));
  archive('cut off', good.subarray(0, good.length - 10));
  archive('whose list lies behind its end', patched(good.length - 6, 0x7fffffff));
  archive('whose list has 3 GB', patched(good.length - 10, 0xc0000000));
  archive('of 65,000 files that are not there', patched(good.length - 12, 65_000, 2));
  archive('whose file has 3 GB packed', patched(list + 20, 0xc0000000));
  archive('whose file begins behind its end', patched(list + 42, 0x7fffffff));
  archive('with a name that leads out', zipOf([{ path: '../../out.txt', bytes: Buffer.from('words') }]));
  archive('with a zero in a name', zipOf([{ path: 'a\0b.txt', bytes: Buffer.from('words') }]));
  archive('with a name of 60,000 letters', zipOf([{ path: `${'n'.repeat(60_000)}.txt`, bytes: Buffer.from('words') }]));
  archive(
    'of 20,000 files',
    zipOf(Array.from({ length: 20_000 }, (_, i) => ({ path: `${i}.txt`, bytes: Buffer.from(`text ${i}`) }))),
  );
  archive('in an archive', zipOf([{ path: 'a.zip', bytes: good }]));
  for (const megabytes of [100, 600, 2100]) {
    const file = `bomb-${megabytes}.zip`;
    await writeBomb(place(file), 'large.txt', megabytes);
    add('archive', `with a text of ${megabytes} MB`, reader('read.documents', { from: 'folder', folder: file }));
  }
  add('archive', 'bomb of images', reader('read.images', { from: 'folder', folder: 'bomb-600.zip' }));

  // Images.
  mkdirSync(place('pictures'));
  const image = (name: string, bytes: Buffer, ending = 'png'): void => {
    const at = `pictures/${found.length}`;
    mkdirSync(place(at));
    writeFileSync(place(`${at}/a.${ending}`), bytes);
    add('image', name, reader('read.images', { from: 'folder', folder: at }));
  };
  const rows = (width: number, height: number): Buffer =>
    deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  image('nothing', Buffer.alloc(0));
  image('random bytes', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)));
  image('100,000 × 100,000 pixels that are not there', png(100_000, 100_000, Buffer.alloc(0)));
  image('two billion pixels a side', png(0x7fffffff, 0x7fffffff, Buffer.alloc(10)));
  image('no pixels', png(0, 0, Buffer.alloc(10)));
  image('20,000 × 20,000 pixels', png(20_000, 20_000, rows(20_000, 20_000)));
  image('cut off', png(2000, 2000, rows(2000, 2000)).subarray(0, 60));
  image('more bytes than pixels', png(8, 8, deflateSync(Buffer.alloc(200 * mb))));
  image('a comment of 50 MB', png(8, 8, rows(8, 8), chunk('tEXt', Buffer.alloc(50 * mb, 65))));
  image(
    '100,000 comments',
    png(8, 8, rows(8, 8), Buffer.concat(Array(100_000).fill(chunk('tEXt', Buffer.from('a\0b'))))),
  );
  image(
    'a packed comment of 500 MB',
    png(8, 8, rows(8, 8), chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(500 * mb))]))),
  );
  image(
    'a drawing under another name',
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"><image href="/etc/passwd"/></svg>`),
  );
  image('a JPEG of nothing but marks', Buffer.from('ffd8'.repeat(50_000), 'hex'), 'jpg');
  image('a JPEG of 65,535 × 65,535 pixels', Buffer.from('ffd8ffc0001108ffffffff03012200021101031101', 'hex'), 'jpg');
  image(
    'a GIF without end',
    Buffer.concat([Buffer.from('474946383961ffffffff800000000000ffffff', 'hex'), Buffer.alloc(mb, 0x21)]),
    'gif',
  );
  image(
    'a TIFF whose pages lead in a circle',
    Buffer.from('49492a0008000000010000010300010000000800000008000000', 'hex'),
    'tif',
  );
  image(
    'a WebP that says 4 GB',
    Buffer.from('52494646ffffffff5745425056503858ffffffff00000000ffffffffffff', 'hex'),
    'webp',
  );

  // Texts.
  const table = (name: string, content: string | Buffer, ending = 'csv'): void => {
    const file = `text-${found.length}.${ending}`;
    writeFileSync(place(file), content);
    add(
      'text',
      name,
      ending.startsWith('csv')
        ? learnt(file, 'y')
        : reader(ending === 'jsonl' ? 'read.jsonl' : 'read.parquet', { file }),
    );
  };
  table('one value of 100 MB', `a,y\n${'x'.repeat(100 * mb)},1\n`);
  table('50 MB of quotes', `a,y\n${'"'.repeat(50 * mb)}\n`);
  table('a quote that never ends', `a,y\n"${'x,y\n'.repeat(5 * mb)}`);
  table('50 MB of commas', `a,y\n${','.repeat(50 * mb)}\n`);
  table('50 MB of line ends', `a,y\n${'\n'.repeat(50 * mb)}`);
  table(
    '20,000 columns',
    `${Array.from({ length: 20_000 }, (_, i) => `c${i}`).join(',')},y\n${'1,'.repeat(20_000)}1\n`,
  );
  table('a name of 5 MB', `${'n'.repeat(5 * mb)},y\n1,2\n`);
  table('a name of zeros', `a\0\0,y\n1,2\n2,1\n`);
  table('names that objects have', `constructor,toString,hasOwnProperty,y\n${'1,2,3,a\n4,5,6,b\n'.repeat(50)}`);
  table('a name __proto__', `__proto__,b,y\n${'1,2,a\n4,5,b\n'.repeat(50)}`);
  table('values that objects have', `b,y\n${'__proto__,a\nconstructor,b\n'.repeat(100)}`);
  table('numbers beyond numbers', `b,y\n${'1e308,a\n-1e308,b\n'.repeat(100)}`);
  table('bytes of zero', Buffer.alloc(20 * mb));
  table('half a letter', Buffer.concat([Buffer.from('a,y\n'), Buffer.alloc(mb, 0xc3)]));
  table('JSON a million deep', `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}\n`, 'jsonl');
  table('objects 100,000 deep', `${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}\n`, 'jsonl');
  table('JSON without end', `{"a":"${'x'.repeat(40 * mb)}`, 'jsonl');
  table('100,000 keys', `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}\n`, 'jsonl');
  table('each row another key', Array.from({ length: 20_000 }, (_, i) => `{"k${i}":${i}}`).join('\n'), 'jsonl');
  table(
    'a Parquet file of zeros',
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(mb), Buffer.from('PAR1')]),
    'parquet',
  );
  table(
    'a Parquet file that says 4 GB',
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(100), Buffer.from('ffffffff50415231', 'hex')]),
    'parquet',
  );
  await writePacked(place('bomb.csv.gz'), 3000);
  add('text', 'a packed table of 3 GB', learnt('bomb.csv.gz', 'y'), true);
  const document = (name: string, content: string | Buffer, ending: string): void => {
    const at = `documents-${found.length}`;
    mkdirSync(place(at));
    writeFileSync(place(`${at}/a.${ending}`), content);
    add('text', name, reader('read.documents', { from: 'folder', folder: at }));
  };
  document('a document of 100 MB', Buffer.alloc(100 * mb, 'words '), 'txt');
  document('a page 200,000 deep', `${'<div>'.repeat(200_000)}words`, 'html');
  document('a page of open marks', '<'.repeat(10 * mb), 'html');
  document('a page of entities', '&lt;'.repeat(5 * mb), 'html');
  document('Markdown of fences', '```\n~~~\n'.repeat(20_000), 'md');
  document('Markdown of headings without text', `# ${' '.repeat(200_000)}\n`.repeat(5), 'md');
  document('a PDF of nothing', '%PDF-1.7\n', 'pdf');
  document(
    'a PDF that refers to itself',
    '%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 999999999>>endobj\ntrailer<</Root 1 0 R>>',
    'pdf',
  );

  // Pipelines.
  const chain = (count: number, kind: string, params: Record<string, unknown>) => ({
    flowyard: 1,
    nodes: Object.fromEntries([
      ['read', read],
      ...Array.from({ length: count }, (_, i) => [`n${i}`, { kind, params }]),
    ]),
    wires: Array.from({ length: count }, (_, i) => `${i === 0 ? 'read' : `n${i - 1}`}.rows -> n${i}.rows`),
  });
  const withParam = (text: string): string =>
    `{"flowyard":1,"nodes":{"read":{"kind":"read.example","params":{"a":${text}}}}}`;
  add('pipeline', '3,000 filters one after the other', chain(3000, 'clean.filter', { expression: 'year > 2000' }));
  add('pipeline', '3,000 queries one after the other', chain(3000, 'combine.sql', { query: 'SELECT * FROM rows' }));
  add('pipeline', '3,000 nodes in a circle', {
    ...chain(3000, 'clean.filter', { expression: 'year > 2000' }),
    wires: Array.from({ length: 3000 }, (_, i) => `n${i}.rows -> n${(i + 1) % 3000}.rows`),
  });
  add('pipeline', '3,000 nodes beside each other', {
    ...chain(3000, 'clean.filter', { expression: 'year > 2000' }),
    wires: Array.from({ length: 3000 }, (_, i) => `read.rows -> n${i}.rows`),
  });
  add('pipeline', 'lists a million deep', withParam(`${'['.repeat(1e6)}${']'.repeat(1e6)}`));
  add('pipeline', 'objects a million deep', withParam(`${'{"a":'.repeat(1e6)}1${'}'.repeat(1e6)}`));
  add('pipeline', 'five million open brackets', '['.repeat(5e6));
  add('pipeline', '30 MB of backslashes', `{"flowyard":1,"title":"${'\\\\'.repeat(15 * mb)}"}`);
  add('pipeline', 'a title of 30 MB', { flowyard: 1, title: 'x'.repeat(30 * mb), nodes: { read } });
  add('pipeline', 'a file of 200 MB', `{"flowyard":1,"title":"${'x'.repeat(200 * mb)}"}`);
  add(
    'pipeline',
    'a query of 30 MB',
    after('combine.sql', { query: `SELECT length('${'x'.repeat(30 * mb)}') AS n FROM rows` }),
  );
  add(
    'pipeline',
    '20,000 conditions',
    after('clean.filter', { expression: Array.from({ length: 20_000 }, (_, i) => `year = ${i}`).join(' or ') }),
  );
  add(
    'pipeline',
    'a million parameters',
    `{"flowyard":1,"parameters":{${Array.from({ length: 200_000 }, (_, i) => `"p${i}":{"type":"text"}`).join(',')}}}`,
  );
  add(
    'pipeline',
    'a node __proto__',
    '{"flowyard":1,"nodes":{"__proto__":{"kind":"read.example"},"a":{"kind":"clean.filter"}},"wires":["__proto__.rows -> a.rows"]}',
  );
  add(
    'pipeline',
    'parameters __proto__',
    '{"flowyard":1,"parameters":{"__proto__":{"type":"text"}},"nodes":{"read":{"kind":"read.example","params":{"__proto__":{"x":1}}}}}',
  );
  add('pipeline', 'a zero in the name of a node', '{"flowyard":1,"nodes":{"re\\u0000ad":{"kind":"read.example"}}}');
  add('pipeline', 'a zero in a kind', { flowyard: 1, nodes: { read: { kind: 'read.\0example' } } });
  add('pipeline', 'a zero in a query', after('combine.sql', { query: "SELECT '\0' AS a FROM rows" }));
  add(
    'pipeline',
    'half of a letter in a title',
    '{"flowyard":1,"title":"\\ud800","nodes":{"read":{"kind":"read.example"}}}',
  );
  add('pipeline', 'numbers beyond numbers', '{"flowyard":1e999,"nodes":{}}');
  add(
    'pipeline',
    'a layout of a thousand digits',
    `{"flowyard":1,"nodes":{"read":{"kind":"read.example"}},"layout":{"read":[${'9'.repeat(1000)},0]}}`,
  );
  add(
    'pipeline',
    'a regular expression that never ends',
    after('combine.sql', { query: `SELECT regexp_matches(repeat('a', 100000), '(a+)+$') AS m FROM rows` }),
  );
  return found;
}

/** A ZIP archive of one entry that unpacks to so much. */
async function writeBomb(path: string, name: string, megabytes: number): Promise<void> {
  const out = createWriteStream(path);
  const head = zipOf([{ path: name, bytes: Buffer.from('x') }]);
  const begin = 30 + name.length;
  out.write(head.subarray(0, begin));
  let packed = 0;
  const deflate = createDeflateRaw({ level: 1 });
  deflate.on('data', (piece: Buffer) => (packed += piece.length));
  await flow(Readable.from(blocks(megabytes)), deflate, out, { end: false });
  const list = Buffer.from(head.subarray(head.readUInt32LE(head.length - 6)));
  list.writeUInt32LE(packed, 20);
  list.writeUInt32LE(megabytes * mb, 24);
  list.writeUInt32LE(begin + packed, list.length - 6);
  await new Promise<void>((done) => out.end(list, () => done()));
}

async function writePacked(path: string, megabytes: number): Promise<void> {
  const rows = function* (): Generator<Buffer> {
    yield Buffer.from('a,y\n');
    for (let i = 0; i < megabytes; i++) yield Buffer.alloc(mb, '1,a\n2,b\n');
  };
  await flow(Readable.from(rows()), createGzip({ level: 1 }), createWriteStream(path));
}

function* blocks(megabytes: number): Generator<Buffer> {
  const block = Buffer.alloc(mb, 'a text of words \n');
  for (let i = 0; i < megabytes; i++) yield block;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** One bit a pixel. */
function png(width: number, height: number, data: Buffer, more: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(1, 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    more,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
