/**
 * Gathers folds. Of an evaluation: mean and standard deviation of each metric, every fold's values, and the held-out test where there is one. Of predictions:
 * every row once, answered by the model that did not see it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report as reportSchema, type Report, type ReportBlock } from '../../../shared/report.ts';
import { metricItems } from '../../../methods/evaluation/metric-words.ts';
import { positiveIn } from '../../../methods/metrics/metric-value.ts';
import { literal } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { refit } from '../../plan/axes/fold/axis.ts';
import type { Instance } from '../../graph/instance.ts';
import type { Artifact, ArtifactPort } from '../../store/artifacts/artifact-store.ts';
import { metricsOf, signaturesOf, tablePort } from './instance-facts.ts';
import { composeQuery, isSplit } from '../../recipe/compose/table-value.ts';
import type { RunResults } from './run-results.ts';
import { writeReport } from './write-report.ts';

type Values = Record<string, number | null>;
type MetricItem = Extract<ReportBlock, { type: 'metrics' }>['items'][number];

export const gatherFolds = (results: RunResults, instance: Instance): Promise<Artifact> =>
  instance.node.spec?.measures === true ? gatherMetrics(results, instance) : gatherRows(results, instance);

/** Rows of the folds become training rows, as the model that is fitted on all of them sees them; those held out for the end stay test rows. */
async function gatherRows(results: RunResults, instance: Instance): Promise<Artifact> {
  const { connections, log, signal } = results.services;
  const port = tablePort(instance);
  const parts = await Promise.all(
    (instance.merges ?? []).map(async (part) => ({ part, artifact: await results.artifact(part) })),
  );
  const selects = parts.flatMap(({ part, artifact }) => {
    const file = artifact.manifest.ports[port]?.files[0];
    if (file === undefined) return [];
    const mark = part.coordinates['fold'] === refit ? '' : ` REPLACE ('train' AS ${partitionColumn})`;
    return [`SELECT *${mark} FROM read_parquet(${literal(artifact.file(file))})`];
  });
  return log.during(instance, () =>
    results.write(instance, async (folder) => {
      const file = `${port}.parquet`;
      const copied = await connections.use(false, (db) =>
        db.query(
          `COPY (SELECT * FROM (${selects.join(' UNION ALL BY NAME ')}) ORDER BY ${rowColumn}) TO ${literal(join(folder, file))} (FORMAT parquet, COMPRESSION zstd)`,
        ),
      );
      const rows = Number(Object.values(copied[0] ?? {})[0] ?? 0);
      log
        .watch(instance, signal)
        .log(`${rows.toLocaleString('en-US')} rows, each predicted by a model that did not see it`);
      return { [port]: { wire: 'table', files: [file], rows } };
    }),
  );
}

async function gatherMetrics(results: RunResults, instance: Instance): Promise<Artifact> {
  const { signal } = results.services;
  const parts = instance.merges ?? [];
  const folds = parts.filter((p) => p.coordinates['fold'] !== refit);
  const whole = parts.find((p) => p.coordinates['fold'] === refit);
  const measured = await Promise.all(folds.map(async (part) => ({ part, artifact: await results.artifact(part) })));
  const held = whole !== undefined && (await hasTestRows(results, whole)) ? await results.artifact(whole) : undefined;
  return results.services.log.during(instance, () =>
    results.write(instance, async (folder) => {
      const signatures = measured.map((m) => signaturesOf(m.artifact));
      const [positive, ...others] = new Set(signatures.map(({ f1 = '' }) => positiveIn(f1)));
      if (others.length > 0)
        results.services.log.watch(instance, signal).warn({
          code: 'evaluate.positive-differs',
          severity: 'warning',
          message: `The folds do not agree which class is the rarer one: ${[positive, ...others].join(', ')}. Figures of the positive class are left out.`,
          mend: 'Choose the positive class.',
          param: 'positive',
        });
      // A mean of figures about two classes is a figure about none.
      const comparable = (name: string): boolean =>
        new Set(signatures.map((of) => positiveIn(of[name] ?? ''))).size < 2;
      const values = measured.map((m) =>
        Object.fromEntries(Object.entries(metricsOf(m.artifact)).filter(([name]) => comparable(name))),
      );
      const summary = summarise(values);
      const test = held === undefined ? {} : metricsOf(held);
      const metrics: Values = {};
      for (const [name, s] of Object.entries(summary)) {
        metrics[name] = s.mean;
        metrics[`${name}_sd`] = s.sd;
      }
      for (const [name, value] of Object.entries(test)) metrics[`test_${name}`] = value;
      const gathered = Object.fromEntries(
        Object.entries(signatures[0] ?? {}).flatMap(([name, signature]) =>
          metrics[name] === undefined ? [] : [[name, `${signature.replace(/\|n=\d+$/, '')}|folds=${folds.length}`]],
        ),
      );
      for (const [name, value] of Object.entries(metrics))
        results.services.log.recorder.record({
          type: 'metric',
          node: instance.node.id,
          name,
          value,
          ...(gathered[name] === undefined ? {} : { signature: gathered[name] }),
        });
      const port =
        Object.entries(instance.node.spec?.outputs ?? {}).find(([, p]) => p.wire === 'report')?.[0] ?? 'report';
      const title = instance.node.title;
      const settings = (await reportOf(held ?? measured[0]?.artifact, port))?.settings;
      const reports = await Promise.all(measured.map((m) => reportOf(m.artifact, port)));
      const blocks = [
        ...foldBlocks(summary, values, reports),
        ...(held === undefined ? [] : await blocksOf(held, port)),
      ];
      const written = await writeReport(folder, port, {
        title,
        chips: [
          `${folds.length} folds`,
          ...(held === undefined ? [] : ['and the test rows']),
          ...(positive === undefined || others.length > 0 ? [] : [`positive class: ${positive}`]),
        ],
        ...(settings === undefined ? {} : { settings }),
        blocks,
      });
      const ports: Record<string, ArtifactPort> = {
        [port]: written.port,
        metrics: { wire: 'report', files: [], facts: { values: metrics, signatures: gathered } },
      };
      return ports;
    }),
  );
}

/** Standard deviation with n − 1, as scikit-learn's users compute it from `cross_val_score`. */
export function summarise(values: readonly Values[]): Record<string, { mean: number | null; sd: number | null }> {
  const names = [...new Set(values.flatMap((v) => Object.keys(v)))];
  return Object.fromEntries(
    names.map((name) => {
      const known = values.map((v) => v[name]).filter((v) => typeof v === 'number');
      if (known.length === 0) return [name, { mean: null, sd: null }];
      const mean = known.reduce((a, b) => a + b, 0) / known.length;
      const sd =
        known.length < 2 ? null : Math.sqrt(known.reduce((a, b) => a + (b - mean) ** 2, 0) / (known.length - 1));
      return [name, { mean, sd }];
    }),
  );
}

function foldBlocks(
  summary: ReturnType<typeof summarise>,
  values: readonly Values[],
  reports: readonly (Report | undefined)[],
): ReportBlock[] {
  const names = Object.keys(summary);
  const reported = reports.map((report) => report?.blocks.find((block) => block.type === 'metrics')?.items ?? []);
  return [
    {
      type: 'metrics',
      title: 'Mean over the folds',
      items: metricItems(
        names.slice(0, 8).map((name) => ({ name, value: summary[name]?.mean ?? NaN, signature: name })),
      ).map(({ signature: _, ...item }) => ({
        ...item,
        ...sdOf(summary[item.name]),
        ...baselineOf(reported.map((items) => items.find((one) => one.name === item.name))),
      })),
    },
    {
      type: 'table',
      title: 'Every fold',
      columns: [
        { name: 'metric', title: 'Metric', align: 'left' },
        ...values.map((_, i) => ({ name: `fold_${i + 1}`, title: `Fold ${i + 1}`, align: 'right' as const })),
      ],
      rows: names.map((name) => [name, ...values.map((v) => v[name] ?? null)]),
    },
  ];
}

async function reportOf(artifact: Artifact | undefined, port: string): Promise<Report | undefined> {
  const file = artifact?.manifest.ports[port]?.files[0];
  return artifact === undefined || file === undefined
    ? undefined
    : reportSchema.parse(JSON.parse(await readFile(artifact.file(file), 'utf8')));
}

async function blocksOf(artifact: Artifact, port: string): Promise<ReportBlock[]> {
  const report = await reportOf(artifact, port);
  if (report === undefined) return [];
  return [
    {
      type: 'text',
      title: 'On the test rows',
      text: 'The model that was fitted anew on all other rows, measured once on the rows held out for the end.',
      tone: 'plain',
    },
    ...report.blocks,
  ];
}

async function hasTestRows(results: RunResults, instance: Instance): Promise<boolean> {
  const wired = [...instance.inputs.values()]
    .flat()
    .filter((i) => i.instance.node.spec?.outputs[i.port]?.wire === 'table');
  for (const input of wired) {
    const value = await results.input(input);
    if (isSplit(value))
      return (
        Number(
          await results.executing(value, (db) =>
            db.scalar(composeQuery(value, (from) => `SELECT count(*) FROM ${from} WHERE __partition = 'test'`)),
          ),
        ) > 0
      );
  }
  return false;
}

/** One fold has no spread. */
const sdOf = (summary: { sd: number | null } | undefined): { sd?: number } =>
  summary === undefined || summary.sd === null ? {} : { sd: summary.sd };

/** The mean of what the baselines of the folds reach, where each fold has one. */
function baselineOf(items: readonly (MetricItem | undefined)[]): Pick<MetricItem, 'baseline'> {
  const known = items.flatMap((item) => item?.baseline ?? []);
  const [first] = known;
  if (first === undefined || known.length < items.length) return {};
  return {
    baseline: { title: first.title, value: known.reduce((sum, { value }) => sum + value, 0) / known.length },
  };
}
