/** A node's own questions about its rows: what it examines when they exist, and how it explains a failure. */
import type {
  OddBytes,
  QueryRows,
  RelationalContext,
  RelationalRun,
  Row,
  TableRef,
} from '../../../shared/capabilities.ts';
import { failWith, type Problem } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import { readOddBytes } from '../../sources/decoded-files.ts';
import type { Instance } from '../../plan/plan.ts';
import { relationalContext, sourceOf } from '../../recipe/compose/compose.ts';
import { composeQuery, extend, type TableValue } from '../../recipe/compose/table-value.ts';

type Inputs = ReadonlyMap<string, readonly TableValue[]>;
type ReadRows = (text: string) => Promise<Row[]>;

function ask(
  instance: Instance,
  inputs: Inputs,
  read: ReadRows,
): RelationalContext<never> & { node: string; query: QueryRows } {
  const { context, named } = relationalContext(instance, inputs);
  const query: QueryRows = (text) => {
    const { ctes } = extend(named, text, 'asked', instance.node.id);
    return read(composeQuery({ ctes: ctes.slice(0, -1), from: '' }, () => ctes.at(-1)?.sql ?? ''));
  };
  return { ...context, node: instance.node.id, query };
}

/** The failure with counts, examples and the mend, where the node knows better. */
export async function explainFailure(
  instance: Instance,
  run: RelationalRun<never>,
  inputs: Inputs,
  failure: Problem,
  read: ReadRows,
): Promise<Problem> {
  const oddBytes = (param: string): Promise<OddBytes> => readOddBytes(sourceOf(instance, param).path);
  const finding = await run.explain?.({ ...ask(instance, inputs, read), failure, oddBytes });
  return finding === undefined ? failure : { severity: 'error', ...finding };
}

/** Warnings that only the rows can tell; what makes them useless fails. */
export async function examineRows(
  instance: Instance,
  run: RelationalRun<never>,
  inputs: Inputs,
  output: TableRef,
  read: ReadRows,
  warn: (finding: Finding) => void,
): Promise<void> {
  for (const finding of (await run.examine?.({ ...ask(instance, inputs, read), output })) ?? []) {
    if (finding.severity !== 'warning') throw failWith({ ...finding, node: instance.node.id });
    warn(finding);
  }
}
