/** What differs between the pipelines of runs: run parameters, nodes, settings by their titles, and wires. */
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { compactJson } from '../../../shared/pipeline/canonical.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { linksOf, portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { fieldsOf, type FormField } from '../controls/form-field.ts';
import { titleOf } from '../state/documents/commands.ts';

export interface SaidValue {
  text: string;
  /** Not in the file: what the kind takes then. */
  isDefault?: true;
}
export interface Difference {
  /** `boosting.trees`: the same place in each pipeline. */
  key: string;
  /** Absent for a run parameter. */
  node?: string;
  /** What differs: "Trees", "Layers › 2 › Units", "Rows from"; empty where the node itself does. */
  title: string;
  /** One a run; undefined: that run has no such node or value. */
  values: (SaidValue | undefined)[];
}

/** A value at a place, by what it is and by how it is said. */
interface Leaf {
  node?: string;
  title: string;
  same: string;
  said: SaidValue;
}

/**
 * Compares values, not texts: the order of keys and of inputs does not count, and a default equals the same value that is written out. Settings and wires of
 * a node are compared among the runs that have it; the node itself is the difference to the others.
 */
export function pipelineDifferences(files: readonly PipelineFile[], specs: ReadonlyMap<string, AnySpec>): Difference[] {
  const all = files.map((file) => leavesOf(file, specs));
  const keys = [...new Set(all.flatMap((leaves) => [...leaves.keys()]))];
  return keys.flatMap((key): Difference[] => {
    const own = all.map((leaves) => leaves.get(key));
    const first = own.find((leaf) => leaf !== undefined);
    if (first === undefined) return [];
    const { node, title } = first;
    const isOfNode = node !== undefined && key !== node;
    const counted = own.filter((_, i) => !isOfNode || all[i]?.has(node) === true);
    if (new Set(counted.map((leaf) => leaf?.same)).size < 2) return [];
    const said = markDifferences(own.map((leaf) => leaf?.said));
    return [{ key, ...(node === undefined ? {} : { node }), title, values: said }];
  });
}

function leavesOf(file: PipelineFile, specs: ReadonlyMap<string, AnySpec>): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const [name, { default: value }] of Object.entries(file.parameters))
    leaves.set(`=${name}`, { title: name, same: compactJson(value), said: { text: sayScalar(value) } });
  for (const [id, node] of Object.entries(file.nodes)) {
    const spec = specs.get(node.kind);
    const kind = spec?.title ?? node.kind;
    leaves.set(id, {
      node: id,
      title: '',
      same: compactJson([node.kind, node.disabled === true]),
      said: { text: node.disabled === true ? `${kind} (off)` : kind },
    });
    const fields = new Map((spec === undefined ? [] : fieldsOf(spec.params)).map((field) => [field.name, field]));
    for (const name of new Set([...fields.keys(), ...Object.keys(node.params)])) {
      const field = fields.get(name);
      const isDefault = !Object.hasOwn(node.params, name);
      const value = isDefault ? field?.default : node.params[name];
      if (value !== undefined) addLeaves(leaves, id, [name], field?.meta.title ?? name, value, field, isDefault);
    }
    for (const [port, { title }] of Object.entries(portsOf(file, id, specs).inputs)) {
      const sources = linksOf(file).filter((link) => link.to.node === id && link.to.port === port);
      if (sources.length === 0) continue;
      leaves.set(`${id} <- ${port}`, {
        node: id,
        title: `${title} from`,
        same: compactJson(sources.map(({ from }) => `${from.node}.${from.port}`).sort()),
        said: { text: sources.map(({ from }) => titleOf(file, from.node) ?? from.node).join(', ') },
      });
    }
  }
  return leaves;
}

function addLeaves(
  leaves: Map<string, Leaf>,
  node: string,
  path: readonly string[],
  title: string,
  value: unknown,
  field: FormField | undefined,
  isDefault: boolean,
): void {
  const inside = (key: string, heading: string, one: unknown, of: FormField | undefined): void =>
    addLeaves(leaves, node, [...path, key], `${title} › ${heading}`, one, of, isDefault);
  if (Array.isArray(value) && value.some(isRecord)) {
    const names = value.map((item, i) => nameOf(item) ?? String(i + 1));
    const isUnique = new Set(names).size === names.length;
    value.forEach((item: unknown, i) => {
      const name = isUnique ? (names[i] ?? String(i + 1)) : String(i + 1);
      inside(name, name, item, field && { ...field, meta: { ...field.meta, title: '' } });
    });
    return;
  }
  if (isRecord(value)) {
    const named = new Map((field?.items ?? []).map((item) => [item.name, item]));
    for (const [key, one] of Object.entries(value)) inside(key, named.get(key)?.meta.title ?? key, one, named.get(key));
    return;
  }
  const text = Array.isArray(value)
    ? value.length === 0
      ? '(none)'
      : value.map(sayScalar).join(', ')
    : (field?.choices.find((choice) => choice.value === value)?.title ?? sayScalar(value));
  leaves.set([node, ...path].join('.'), {
    node,
    title,
    same: compactJson(value),
    said: { text, ...(isDefault ? { isDefault } : {}) },
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By what an entry of a list is known, so that one more at the head is not a change of all. */
function nameOf(item: unknown): string | undefined {
  if (!isRecord(item)) return undefined;
  for (const key of ['name', 'column', 'id']) if (typeof item[key] === 'string' && item[key] !== '') return item[key];
  return undefined;
}

function sayScalar(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Of long texts the lines that not all of them have. */
function markDifferences(values: readonly (SaidValue | undefined)[]): (SaidValue | undefined)[] {
  const texts = values.flatMap((value) => (value === undefined ? [] : [value.text]));
  if (!texts.some((text) => text.includes('\n'))) return [...values];
  const common = texts
    .map((text) => new Set(text.split('\n')))
    .reduce((kept, lines) => new Set([...kept].filter((line) => lines.has(line))));
  return values.map((value) => {
    if (value === undefined) return undefined;
    const own = value.text.split('\n').filter((line) => !common.has(line) && line.trim() !== '');
    return { ...value, text: own.length === 0 ? '(without these lines)' : own.join('\n') };
  });
}
