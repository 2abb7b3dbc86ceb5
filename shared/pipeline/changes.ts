/**
 * What an edit did to a pipeline, place by place: which value stood there and which stands there now. A parameter of a node, its title, a position, a wire are
 * places; so what two windows do at once meets only where both touched the same. The one file that sees a pipeline as plain JSON.
 */
import * as z from 'zod';
import { parseWire, type PipelineFile } from './file.ts';

const at = z.array(z.string()).min(1).max(4);
/** A value at a place; left out: nothing stands there. */
const setChange = z.strictObject({ at, from: z.json().optional(), to: z.json().optional() });
/** A wire, or a member of a group: `from` and `to` are its place in the list; left out: it is not in it. */
const memberChange = z.strictObject({
  in: at,
  item: z.string(),
  from: z.int().min(0).optional(),
  to: z.int().min(0).optional(),
});
export const pipelineChange = z.union([setChange, memberChange]);
export type Change = z.output<typeof pipelineChange>;
export type SetChange = z.output<typeof setChange>;
export type MemberChange = z.output<typeof memberChange>;
export type Place = readonly string[];
export type Json = z.output<ReturnType<typeof z.json>>;
interface JsonRecord {
  [key: string]: Json;
}

const asJson = (file: PipelineFile): JsonRecord => file as unknown as JsonRecord;
const asFile = (json: Json): PipelineFile => json as unknown as PipelineFile;
export const isMember = (change: Change): change is MemberChange => 'in' in change;
const isRecord = (value: Json | undefined): value is JsonRecord =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Records whose entries come and go as wholes, and are changed field by field. */
const entries = new Set(['nodes', 'groups', 'notes']);

/** What made `after` of `before`, in an order in which each change can be done, and undone backwards. */
export function changesBetween(before: PipelineFile, after: PipelineFile): Change[] {
  const found: Found = { left: [], removed: [], set: [], joined: [] };
  compareRecords([], asJson(before), asJson(after), found);
  return [...found.left, ...found.removed, ...found.set, ...found.joined];
}
interface Found {
  left: MemberChange[];
  removed: SetChange[];
  set: SetChange[];
  joined: MemberChange[];
}
function compareRecords(place: Place, before: JsonRecord, after: JsonRecord, found: Found): void {
  // Nodes first: wires, groups and positions name them.
  for (const key of new Set([
    ...(place.length === 0 ? ['nodes'] : []),
    ...Object.keys(before),
    ...Object.keys(after),
  ])) {
    const [from, to] = [valueIn(before, key), valueIn(after, key)];
    if (from === to) continue;
    const here = [...place, key];
    if (isList(here) && Array.isArray(from) && Array.isArray(to))
      compareLists(here, from.map(String), to.map(String), found);
    else if (hasPlacesWithin(here) && isRecord(from) && isRecord(to)) compareRecords(here, from, to, found);
    else if (!equalJson(from, to))
      (to === undefined ? found.removed : found.set).push({
        at: here,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
  }
}
function compareLists(place: string[], before: readonly string[], after: readonly string[], found: Found): void {
  const [had, has] = [new Set(before), new Set(after)];
  for (let i = before.length - 1; i >= 0; i--)
    if (!has.has(before[i] ?? '')) found.left.push({ in: place, item: before[i] ?? '', from: i });
  after.forEach((item, i) => {
    if (!had.has(item)) found.joined.push({ in: place, item, to: i });
  });
}
const isList = (place: Place): boolean =>
  place[0] === 'wires' || (place.length === 3 && place[0] === 'groups' && place[2] === 'nodes');
const hasPlacesWithin = (place: Place): boolean =>
  place.length === 1
    ? ['parameters', 'nodes', 'groups', 'notes', 'layout'].includes(place[0] ?? '')
    : place.length === 2
      ? entries.has(place[0] ?? '')
      : place.length === 3 && place[0] === 'nodes' && place[2] === 'params';

/** What takes the changes back, last first. */
export const invert = (changes: readonly Change[]): Change[] =>
  changes.toReversed().map((change) => {
    const { from, to, ...rest } = change;
    return {
      ...rest,
      ...(to === undefined ? {} : { from: to }),
      ...(from === undefined ? {} : { to: from }),
    } as Change;
  });

/** Two changes after each other, with one entry for a place that both set: typing a word is one change. */
export function join(first: readonly Change[], then: readonly Change[]): Change[] {
  const all = [...first];
  for (const change of then) {
    const last = all.at(-1);
    if (last !== undefined && !isMember(last) && !isMember(change) && samePlace(last.at, change.at)) {
      const { to: _between, ...rest } = last;
      all[all.length - 1] = { ...rest, ...(change.to === undefined ? {} : { to: change.to }) };
    } else all.push(change);
  }
  return all;
}
export const samePlace = (a: Place, b: Place): boolean => a.length === b.length && a.every((key, i) => key === b[i]);

/** Does the changes, whatever stood in their places. What they do not touch stays the same object. A place within something that is gone does not exist. */
export const applyChanges = (file: PipelineFile, changes: readonly Change[]): PipelineFile =>
  asFile(changes.reduce<Json>((json, change) => applyOne(json, change), asJson(file)));

function applyOne(json: Json, change: Change): Json {
  if (!isMember(change)) return setAt(json, change.at, change.to);
  const list = membersIn(json, change.in);
  if (list === undefined) return json;
  const without = list.filter((item) => item !== change.item);
  if (change.to !== undefined) without.splice(change.to, 0, change.item);
  return setAt(json, change.in, without);
}

export const valueAt = (file: PipelineFile, place: Place): Json | undefined => read(asJson(file), place);
export const membersAt = (file: PipelineFile, place: Place): readonly string[] | undefined =>
  membersIn(asJson(file), place);

function read(json: Json, place: Place): Json | undefined {
  let value: Json | undefined = json;
  for (const key of place) value = isRecord(value) ? valueIn(value, key) : undefined;
  return value;
}
const valueIn = (record: JsonRecord, key: string): Json | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
function membersIn(json: Json, place: Place): string[] | undefined {
  const list = read(json, place);
  return Array.isArray(list) ? list.map(String) : undefined;
}
function setAt(json: Json, [key, ...rest]: Place, value: Json | undefined): Json {
  if (key === undefined || !isRecord(json)) return json;
  if (rest.length > 0) {
    const inner = valueIn(json, key);
    if (inner === undefined) return json;
    const next = setAt(inner, rest, value);
    return next === inner ? json : { ...json, [key]: next };
  }
  if (value !== undefined) return { ...json, [key]: value };
  if (!Object.hasOwn(json, key)) return json;
  const { [key]: _gone, ...left } = json;
  return left;
}

/** Equal as JSON, whatever the order of keys; what is the same object is not looked into. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  return (
    keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length &&
    keys.every((key) => equalJson(a[key], valueIn(b, key)))
  );
}

/** Whether two pipelines are the same but for the order of wires and keys, which a saved file does not have. */
export const samePipeline = (a: PipelineFile, b: PipelineFile): boolean => a === b || changesBetween(a, b).length === 0;

/** The nodes that a change speaks of beside the one that it is about: the ends of a wire, a member of a group, the card of a position. */
export function nodesNeeded(change: Change): string[] {
  if (!isMember(change)) return change.at[0] === 'layout' ? [change.at[1] ?? ''] : [];
  if (change.in[0] !== 'wires') return [change.item];
  const { from, to } = parseWire(change.item);
  return [from.node, to.node];
}
