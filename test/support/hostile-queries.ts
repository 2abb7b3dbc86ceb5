/** Queries of one SQL node that want more than a machine has, or more than they may. */
export const hostileQueries: Readonly<Record<string, string>> = {
  'a list of a billion': 'SELECT range(1000000000) AS r FROM rows LIMIT 1',
  'lists of ten million, each row': 'SELECT range(10000000) AS r FROM rows',
  'a text of 4 GB': "SELECT repeat('x', 4000000000) AS t FROM rows LIMIT 1",
  'a text of 100 MB, each row': "SELECT repeat('x', 100000000) AS t FROM rows",
  'all letters in one': "SELECT string_agg(repeat('x', 1000000), ',') AS t FROM rows, range(20000)",
  'a list of lists': 'SELECT list_transform(range(30000), x -> range(30000)) AS l FROM rows LIMIT 1',
  'a list of all rows': 'SELECT list(a.range) AS l FROM range(300000000) a, (SELECT 1 FROM rows LIMIT 1)',
  'a map of ten million': 'SELECT map(range(30000000), range(30000000)) AS m FROM rows LIMIT 1',
  'a pad of a billion': "SELECT lpad('x', 2000000000, 'y') AS t FROM rows LIMIT 1",
  'a number of a million digits': "SELECT repeat('9', 1000000)::DOUBLE AS t FROM rows LIMIT 1",
  'a cast of a text of 300 MB': "SELECT repeat('9', 300000000)::HUGEINT AS t FROM rows LIMIT 1",
  'groups of a billion': 'SELECT hash(r.range) AS h, count(*) AS n FROM range(1000000000) r GROUP BY h HAVING n > 5',
  'all distinct': 'SELECT count(DISTINCT hash(range)) AS n FROM range(1000000000)',
  'sorted by a hash': 'SELECT range AS r FROM range(1000000000) ORDER BY hash(range) LIMIT 1000000',
  'a window over all': 'SELECT sum(range) OVER (ORDER BY hash(range)) AS s FROM range(200000000)',
  'ranks of all': 'SELECT row_number() OVER (ORDER BY hash(range)) AS s FROM range(300000000)',
  'medians of all': 'SELECT median(hash(range)) AS m FROM range(500000000)',
  'quantiles as a list': 'SELECT quantile_cont(range, range(100000)) FROM rows, range(10)',
  'a histogram of all': 'SELECT histogram(range) AS h FROM range(100000000)',
  'a wide pivot': 'PIVOT (SELECT range AS a, range % 50000 AS b FROM range(100000)) ON b USING sum(a)',
  '10,000 columns': `SELECT ${Array.from({ length: 10_000 }, (_, i) => `${i} AS c${i}`).join(', ')} FROM rows`,
  '100,000 brackets': `SELECT ${'('.repeat(100_000)}1${')'.repeat(100_000)} AS a FROM rows`,
  '5,000 sums': `SELECT 1${' + 1'.repeat(5000)} AS a FROM rows`,
  '2,000 unions': Array.from({ length: 2000 }, () => 'SELECT year FROM rows').join(' UNION ALL '),
  '300 queries within queries': `${'SELECT * FROM ('.repeat(300)}SELECT 1 AS a${')'.repeat(300)}`,
  '40 doublings': `WITH ${Array.from({ length: 40 }, (_, i) => `t${i} AS (${i === 0 ? 'SELECT 1 AS a FROM rows' : `SELECT * FROM t${i - 1} UNION ALL SELECT * FROM t${i - 1}`})`).join(', ')} SELECT count(*) AS n FROM t39`,
  'structs 500 deep': `SELECT ${"{'a': ".repeat(500)}1${'}'.repeat(500)} AS a FROM rows`,
  'a zero in a name': 'SELECT 1 AS "a\0b" FROM rows',
  'a name of a million letters': `SELECT 1 AS "${'n'.repeat(1_000_000)}" FROM rows`,
  'a column __proto__': 'SELECT 1 AS "__proto__" FROM rows',
  'a column constructor': 'SELECT 1 AS constructor, 2 AS "toString" FROM rows',
  'a division by zero': 'SELECT year / 0 AS a, 1 % 0 AS b FROM rows',
  'numbers beyond numbers': "SELECT 'inf'::DOUBLE AS a, 'nan'::DOUBLE AS b, 1e308 * 10 AS c FROM rows",
  'a time beyond times': "SELECT TIMESTAMP '290309-12-22' + INTERVAL 100000 YEAR AS a FROM rows",
  'JSON 100,000 deep': `SELECT json(repeat('[', 100000) || repeat(']', 100000)) AS j FROM rows LIMIT 1`,
  'a levenshtein of texts of a million':
    "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000)) AS l FROM rows LIMIT 1",
  'two statements': 'SELECT 1; SELECT 2',
  'a setting': "SET memory_limit = '100GB'",
  'an extension': 'INSTALL httpfs',
  'a file': "SELECT * FROM read_text('/etc/passwd')",
  'a copy': "COPY (SELECT 1) TO '/tmp/x.csv'",
};

const recursion = (rest: string, kind = 'UNION ALL'): string =>
  `WITH RECURSIVE t AS (SELECT 1 AS n ${kind} SELECT n + 1 FROM t ${rest}) SELECT max(n) AS m FROM t`;

/** They compute until somebody ends them. */
export const endlessQueries: Readonly<Record<string, string>> = {
  'a recursion with a condition that holds for ever': recursion('WHERE n > 0'),
  'a recursion of distinct rows': recursion('WHERE n > 0', 'UNION'),
  'a recursion behind a limit': `SELECT * FROM (${recursion('WHERE n <> 0')}) LIMIT 1`,
  'a recursion with a key': `WITH RECURSIVE t(k, n) USING KEY (k) AS (SELECT 1 AS k, 1 AS n UNION SELECT k, n + 1 FROM t WHERE n > 0) SELECT * FROM t`,
  'a recursion that doubles':
    'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT t.n + 1 FROM t, (SELECT 1 UNION ALL SELECT 2) u WHERE t.n > 0) SELECT count(*) AS m FROM t',
  'a product of rows': 'SELECT sum(sqrt(a.year * b.year + c.year)) AS s FROM rows a, rows b, rows c, rows d, rows e',
  'a product of ranges':
    'SELECT count(*) AS n FROM range(10000000) a, range(10000000) b WHERE hash(a.range, b.range) = 5',
};
