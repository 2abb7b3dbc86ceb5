/** Tables, places of data and charts: what no kind does yet, and the nearest way to it. */
import { way, type NearestWay } from './find-way.ts';

const tables: NearestWay[] = [
  way(
    'pivot',
    'pivot table, cross tab, crosstab, contingency table, pivot_wider, spread, dcast, long to wide',
    'combine.sql combine.aggregate',
    'SQL can.',
    {
      sql: 'PIVOT rows ON month IN (1, 2) USING sum(amount) GROUP BY city',
    },
  ),
  way('unpivot', 'melt, pivot_longer, gather, wide to long, unpivot columns', 'combine.sql', 'SQL can.', {
    sql: 'UNPIVOT rows ON amount, price INTO NAME what VALUE number',
  }),
  way('transpose', 'swap rows and columns, flip table, t()', 'combine.sql', 'SQL can, by UNPIVOT and then PIVOT.', {
    sql: "PIVOT (UNPIVOT rows ON amount, price INTO NAME what VALUE number) ON city IN ('Oslo', 'Rome') USING first(number) GROUP BY what",
  }),
  way(
    'moving average',
    'rolling average, rolling mean, rolling window, rolling, moving window, moving aggregation',
    'combine.sql',
    'SQL can, by a window.',
    {
      sql: 'SELECT *, avg(amount) OVER (ORDER BY day ROWS 6 PRECEDING) AS week FROM rows',
    },
  ),
  way(
    'running total',
    'cumulative sum, cumsum, cummax, cumprod, expanding, accumulate',
    'combine.sql',
    'SQL can, by a window.',
    {
      sql: 'SELECT *, sum(amount) OVER (ORDER BY day) AS so_far FROM rows',
    },
  ),
  way(
    'lag',
    'lag column, lead, shift, previous row, next row, diff, pct_change, multi-row formula, difference to the row before',
    'combine.sql',
    'SQL can, by a window.',
    {
      sql: 'SELECT *, lag(amount) OVER (ORDER BY day) AS before FROM rows',
    },
  ),
  way(
    'row number',
    'record id, row id, rowid, row_number, counter, counter generation, auto increment',
    'combine.sql',
    'SQL can, by a window. Split knows rows by an id column.',
    {
      sql: 'SELECT row_number() OVER (ORDER BY day) AS id, * FROM rows',
    },
  ),
  way(
    'row index',
    'set_index, reset_index, set index, add index, row names, rownames, index column',
    'split.rows clean.select',
    'Rows have no index; Split takes a column as their id.',
  ),
  way(
    'fill down',
    'forward fill, ffill, bfill, backfill, fill up, carry forward, interpolate, last observation carried forward',
    'combine.sql prepare.impute',
    'SQL can, by a window.',
    {
      sql: 'SELECT * REPLACE (last_value(amount IGNORE NULLS) OVER (ORDER BY day) AS amount) FROM rows',
    },
  ),
  way(
    'explode',
    'unnest, ungroup, flatten, split to rows, list to rows, json flatten, json path',
    'combine.sql',
    'SQL can.',
    {
      sql: "SELECT * EXCLUDE (name), unnest(string_split(name, ',')) AS tag FROM rows",
    },
  ),
  way(
    'text to columns',
    'split column, cell splitter, split a column, separate, str.split, split by delimiter, parse column',
    'clean.derive combine.sql',
    'New columns can.',
    {
      formula: "split_part(name, ' ', 1)",
    },
  ),
  way(
    'binning',
    'bin, bins, binner, numeric binner, auto-binner, discretize, bucketize, cut, qcut, KBinsDiscretizer, quantile bins, tile, ntile',
    'clean.derive combine.sql',
    'New columns can; SQL has ntile(4) for equal counts.',
    {
      formula: 'floor(amount / 10) * 10',
    },
  ),
  way(
    'regex',
    'regular expression, regexp, regex extract, regex replace, str.extract, pattern matching, string replacer',
    'clean.derive clean.filter',
    'New columns can.',
    {
      formula: "regexp_replace(name, '[0-9]+', '', 'g')",
    },
  ),
  way(
    'correlation matrix',
    'correlation, corr, pearson, spearman, covariance, correlations, linear correlation, rank correlation',
    'combine.sql explore.chart',
    'SQL can, a pair at a time; Chart draws one against the other.',
    {
      sql: 'SELECT corr(amount, price) AS r FROM rows',
    },
  ),
  way(
    'descriptive statistics',
    'describe, summary statistics, profile, data profiling, pandas profiling, data explorer, column statistics, quantiles, percentile, frequency table',
    'combine.sql combine.aggregate explore.chart',
    'Results shows a profile of every column of any node; SQL gives it as rows.',
    {
      sql: 'SELECT count(amount) AS n, avg(amount) AS mean, stddev(amount) AS sd, quantile_cont(amount, 0.5) AS median FROM rows',
    },
  ),
  way(
    'outlier',
    'outliers, remove outliers, numeric outliers, outlier removal, winsorize, clip outliers, iqr, local outlier factor',
    'combine.sql train.autoencoder clean.filter',
    'SQL leaves rows beyond quantiles out; Autoencoder finds rows that are unlike the others.',
    {
      sql: 'SELECT * FROM rows QUALIFY amount <= quantile_cont(amount, 0.99) OVER ()',
    },
  ),
  way(
    'fuzzy match',
    'fuzzy join, string distance, levenshtein, jaro winkler, approximate join, record linkage, entity resolution, fuzzy grouping',
    'combine.sql language.duplicates',
    'SQL can; Near duplicates finds whole texts that are nearly equal.',
    {
      sql: 'SELECT a.*, b.name AS like_it FROM rows a JOIN rows b ON levenshtein(a.name, b.name) <= 2',
    },
  ),
  way('cross join', 'cartesian product, append fields, all combinations, expand grid', 'combine.sql', 'SQL can.', {
    sql: 'SELECT a.city, b.month FROM rows a CROSS JOIN rows b',
  }),
  way(
    'generate rows',
    'create table, sequence, date range, range of numbers, calendar table, table creator, empty table',
    'combine.sql',
    'SQL can.',
    {
      sql: 'SELECT i AS n FROM range(10) AS r(i)',
    },
  ),
  way(
    'hypothesis test',
    't-test, anova, chi-square, mann-whitney, significance test, p-value, statistical test, a/b test',
    'combine.sql',
    'SQL gives what such a test is made of: counts, means and deviations of each group.',
    {
      sql: 'SELECT city, count(*) AS n, avg(amount) AS mean, var_samp(amount) AS var FROM rows GROUP BY city',
    },
  ),
  way(
    'association rules',
    'market basket, apriori, frequent itemsets, fp-growth',
    'combine.sql',
    'SQL counts what comes together.',
    {
      sql: 'SELECT a.name, b.name AS other, count(*) AS n FROM rows a JOIN rows b ON a.city = b.city AND a.name < b.name GROUP BY ALL',
    },
  ),
  way(
    'loop',
    'for each, iterate, loop start, while, batch macro, iterative macro, recursion',
    'combine.sql',
    'A run can sweep a parameter over several values; SQL repeats by WITH RECURSIVE.',
    {
      sql: 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t',
    },
  ),
  way(
    'Python script',
    'python, r script, r snippet, java snippet, code node, jupyter, notebook, custom code, lambda, user defined function, pandas',
    'combine.sql clean.derive',
    'No code of other languages runs in a pipeline. SQL and formulas have DuckDB’s functions.',
  ),
  way(
    'polynomial features',
    'interaction terms, interactions, splines, squares of features',
    'clean.derive',
    'New columns can.',
    { formula: 'amount * price' },
  ),
  way(
    'log transform',
    'logarithm, box-cox, yeo-johnson, power transform, PowerTransformer, QuantileTransformer, skewness',
    'clean.derive prepare.scale',
    'New columns can.',
    {
      formula: 'ln(amount + 1)',
    },
  ),
  way(
    'geocoding',
    'geocode, spatial, geojson, latitude longitude, distance on a map, haversine',
    'clean.derive combine.sql',
    'New columns compute distances by sin(), cos() and radians().',
    {
      formula: 'radians(amount)',
    },
  ),
];

const places: NearestWay[] = [
  way(
    'Excel',
    'xlsx, xls, excel reader, read_excel, spreadsheet, google sheets, ods, worksheet',
    'read.csv',
    'Save the sheet as CSV and read that.',
  ),
  way(
    'Excel writer',
    'to_excel, write excel, export to excel',
    'write.table',
    'Write a table makes a CSV file, which Excel opens.',
  ),
  way(
    'database',
    'database reader, sql server, postgres, postgresql, mysql, oracle, snowflake, bigquery, redshift, sqlite, jdbc, odbc, database connector, db connector, mongodb, databricks',
    'read.parquet read.csv',
    'Export the table to a Parquet or CSV file and read that.',
  ),
  way(
    'web request',
    'http request, get request, web scraping, scrape, url, download a file, rest client, webhook, s3, azure blob, google cloud storage, ftp, sharepoint, kafka, streaming, cloud storage',
    'read.jsonl read.csv read.parquet',
    'Readers take files of this machine or of a target: download it first.',
  ),
  way(
    'schedule',
    'scheduler, cron, trigger, airflow, timer, orchestration',
    '',
    'A scheduler of your system can call "flowyard run".',
  ),
  way('e-mail', 'send email, slack, notification, alert', '', 'What calls "flowyard run" can tell by its exit code.'),
  way(
    'feature store',
    'feast, feature table, feature view',
    'write.table combine.join',
    'Write a table keeps features; Join brings them to rows.',
  ),
  way(
    'data validation',
    'great expectations, assert, expectations, schema check, unit test, data contract',
    'clean.types clean.filter',
    'Column types stops at values that do not fit; a filter finds rows that break a rule.',
  ),
];

const charts: NearestWay[] = [
  way(
    'heatmap',
    'heat map, correlation plot, pair plot, scatter matrix',
    'explore.chart combine.sql',
    'Chart draws bars, lines, points, boxes and histograms, in small charts side by side.',
  ),
  way(
    'pie chart',
    'donut chart, treemap, sunburst, sankey, violin plot, network graph, choropleth, map chart, radar chart',
    'explore.chart',
    'Chart draws bars, lines, points, boxes and histograms.',
  ),
  way(
    'word cloud',
    'tag cloud, wordcloud',
    'explore.chart prepare.tf-idf',
    'Chart draws the most frequent values as bars; TF-IDF weighs words.',
  ),
  way(
    'conditional formatting',
    'highlight cells, colour cells, color manager',
    'explore.chart',
    'Chart colours by a column.',
  ),
  way(
    'dashboard',
    'report builder, tableau, power bi, interactive view',
    'explore.chart write.table',
    'Chart draws; Write a table gives other programs the rows.',
  ),
];

export const tableWays: readonly NearestWay[] = [...tables, ...places, ...charts];
