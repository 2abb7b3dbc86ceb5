/**
 * What one window did, done anew on what another made of the pipeline meanwhile. Different places do not disturb each other. Where both touched the same
 * place the later one stands, and the clash is named, so that somebody can be told; nothing is dropped in silence.
 */
import { formatWire, parseWire, type PipelineFile } from './file.ts';
import {
  applyChanges,
  equalJson,
  isMember,
  membersAt,
  nodesNeeded,
  valueAt,
  type Change,
  type Json,
  type MemberChange,
  type Place,
  type SetChange,
} from './changes.ts';

export type Clash =
  /** Both set the place: ours stands. */
  | { why: 'both'; at: Place; theirs: Json | undefined }
  /** We changed something that they removed: our change has no place any more. */
  | { why: 'gone'; at: Place; change: Change }
  /** We removed something that they changed: it is removed, as they left it. */
  | { why: 'removed'; at: Place; theirs: Json | undefined }
  /** What we would take back was changed by them since: it is left as it is. */
  | { why: 'since'; at: Place };

export interface Merged {
  file: PipelineFile;
  /** What was done, with what stood before it. */
  changes: Change[];
  clashes: Clash[];
  /** Things that both windows added under one name: ours got another. */
  renamed: ReadonlyMap<string, string>;
}

/** Does our changes on their file. `undo`: only where our own last value still stands. */
// Over 80 lines: each kind of change is held against the same two files, in one order.
export function merge(theirs: PipelineFile, ours: readonly Change[], how: 'do' | 'undo' = 'do'): Merged {
  const renamed = new Map<string, string>();
  const clashes: Clash[] = [];
  const done: Change[] = [];
  const kept = new Set(how === 'undo' ? nodesToKeep(theirs, ours) : []);
  let file = theirs;
  const perform = (change: Change): void => {
    file = applyChanges(file, [change]);
    done.push(change);
  };
  for (const given of ours) {
    const change = renameIn(given, renamed);
    if (isMember(change)) mergeMember(change);
    else if (how === 'undo') takeBack(change);
    else mergeSet(change);
  }
  if (how === 'do') dropLoose();
  return { file, changes: done, clashes, renamed };

  function mergeSet(change: SetChange): void {
    const { at, from, to } = change;
    const [kind = '', id = ''] = at;
    const current = valueAt(file, at);
    if (isAdded(change) && current !== undefined) {
      // Two things, though they have one name.
      const name = freeName(file, kind, id);
      renamed.set(`${kind} ${id}`, name);
      return perform({ ...change, at: [kind, name] });
    }
    if (equalJson(current, to)) return;
    if (valueAt(file, at.slice(0, -1)) === undefined) return void clashes.push({ why: 'gone', at, change });
    // A card that is gone stands nowhere.
    if (to !== undefined && nodesNeeded(change).some((node) => !hasNode(node))) return;
    if (!equalJson(current, from) && kind !== 'layout')
      clashes.push(
        to === undefined && at.length === 2
          ? { why: 'removed', at, theirs: current }
          : { why: 'both', at, theirs: current },
      );
    perform({ at, ...(current === undefined ? {} : { from: current }), ...(to === undefined ? {} : { to }) });
  }

  function mergeMember(change: MemberChange): void {
    const list = membersAt(file, change.in);
    const where = list?.indexOf(change.item) ?? -1;
    if (change.to === undefined) {
      if (where >= 0 && !isKept(change)) perform({ in: change.in, item: change.item, from: where });
      return;
    }
    if (where >= 0) return;
    if (list === undefined || nodesNeeded(change).some((node) => !hasNode(node))) {
      if (how === 'do' || change.in[0] === 'wires')
        clashes.push({ why: how === 'do' ? 'gone' : 'since', at: [...change.in, change.item], change });
      return;
    }
    perform({ in: change.in, item: change.item, to: Math.min(change.to, list.length) });
  }

  function takeBack(change: SetChange): void {
    const { at, from, to } = change;
    const [kind, id = ''] = at;
    const current = valueAt(file, at);
    if (equalJson(current, to) || (kind === 'layout' && kept.has(id))) return;
    const isInTheWay =
      !equalJson(current, from) ||
      valueAt(file, at.slice(0, -1)) === undefined ||
      (removedNode(change) !== undefined && kept.has(id));
    if (!isInTheWay) perform(change);
    else if (kind !== 'layout') clashes.push({ why: 'since', at });
  }

  /** What names a node that is gone now: wires and members that they added to what we removed. */
  function dropLoose(): void {
    for (const wire of file.wires)
      if (nodesNeeded({ in: ['wires'], item: wire }).some((node) => !hasNode(node))) {
        perform({ in: ['wires'], item: wire, from: file.wires.indexOf(wire) });
        clashes.push({ why: 'removed', at: ['wires', wire], theirs: wire });
      }
    for (const [id, group] of Object.entries(file.groups))
      for (const node of group.nodes)
        if (!hasNode(node)) {
          const place = ['groups', id, 'nodes'];
          perform({ in: place, item: node, from: membersAt(file, place)?.indexOf(node) ?? 0 });
        }
    for (const [id, position] of Object.entries(file.layout))
      if (!hasNode(id) && hadNode(id)) perform({ at: ['layout', id], from: position });
  }

  function hasNode(id: string): boolean {
    return Object.hasOwn(file.nodes, id);
  }
  function hadNode(id: string): boolean {
    return Object.hasOwn(theirs.nodes, id);
  }
  function isKept(change: MemberChange): boolean {
    return nodesNeeded(change).some((node) => kept.has(node));
  }
}

const isAdded = ({ at: [kind = ''], at, from, to }: SetChange): boolean =>
  at.length === 2 && ['nodes', 'groups', 'notes'].includes(kind) && from === undefined && to !== undefined;

const removedNode = (change: Change): string | undefined =>
  !isMember(change) && change.at.length === 2 && change.at[0] === 'nodes' && change.to === undefined
    ? change.at[1]
    : undefined;

/** Nodes that taking our changes back would remove, though somebody changed or wired them since. */
function nodesToKeep(file: PipelineFile, ours: readonly Change[]): string[] {
  const ownWires = new Set(
    ours.flatMap((change) => (isMember(change) && change.to === undefined ? [change.item] : [])),
  );
  return ours.flatMap((change) => {
    const id = removedNode(change);
    if (id === undefined || isMember(change)) return [];
    const isWired = file.wires.some(
      (wire) => !ownWires.has(wire) && nodesNeeded({ in: ['wires'], item: wire }).includes(id),
    );
    // Our own later changes of it, in the same step, come first.
    const last = ours.filter((other) => !isMember(other) && other.at[0] === 'nodes' && other.at[1] === id).length > 1;
    return isWired || (!last && !equalJson(valueAt(file, change.at), change.from)) ? [id] : [];
  });
}

function freeName(file: PipelineFile, kind: string, id: string): string {
  for (let n = 2; ; n++) if (valueAt(file, [kind, `${id}-${n}`]) === undefined) return `${id}-${n}`;
}

/** A change about what has another name now (`nodes filter` → `filter-2`). */
export function renameIn(change: Change, renamed: ReadonlyMap<string, string>): Change {
  if (renamed.size === 0) return change;
  const node = (id: string): string => renamed.get(`nodes ${id}`) ?? id;
  const place = ([kind = '', id, ...rest]: Place): string[] =>
    id === undefined ? [kind] : [kind, kind === 'layout' ? node(id) : (renamed.get(`${kind} ${id}`) ?? id), ...rest];
  if (!isMember(change)) {
    const { at, to } = change;
    // A group that comes after its nodes.
    if (at[0] !== 'groups' || at.length !== 2 || to === null || typeof to !== 'object' || !('nodes' in to))
      return { ...change, at: place(at) };
    const members = Array.isArray(to['nodes']) ? to['nodes'].map((id) => node(String(id))) : to['nodes'];
    return { ...change, at: place(at), to: { ...to, nodes: members } };
  }
  return {
    ...change,
    in: place(change.in),
    item: change.in[0] === 'wires' ? renameWire(change.item, node) : node(change.item),
  };
}

function renameWire(wire: string, node: (id: string) => string): string {
  const { from, to } = parseWire(wire);
  return formatWire({ from: { ...from, node: node(from.node) }, to: { ...to, node: node(to.node) } });
}
