/** Which part of a pipeline its file places elsewhere. */
import { largest } from '../../../shared/append.ts';
import { fail } from '../../../shared/errors.ts';
import { parseWire, type PipelineFile, type Place } from '../../../shared/pipeline/file.ts';
import type { JobResources } from '../../../shared/targets.ts';

export interface PlacedPart {
  target: string;
  nodes: string[];
  resources: JobResources;
  /** In how many parts the rows of the run are computed; undefined: as the memory asks for. */
  partitions?: number;
}

/**
 * The placed nodes that a run needs, with what they ask for together; undefined: all is made here. What comes before them is computed there too, unless it is
 * here already: then its results are sent.
 *
 * @param to run to this node only; null: all
 */
export function placedPart(file: PipelineFile, to: string | null): PlacedPart | undefined {
  const needed = to === null ? undefined : ancestorsOf(file, to);
  const places = new Map<string, Place>();
  for (const group of Object.values(file.groups))
    if (group.place !== undefined) for (const node of group.nodes) places.set(node, group.place);
  for (const [id, node] of Object.entries(file.nodes)) if (node.place !== undefined) places.set(id, node.place);
  const wanted = [...places].filter(
    ([id]) => file.nodes[id] !== undefined && file.nodes[id].disabled !== true && (needed?.has(id) ?? true),
  );
  const [first] = wanted;
  if (first === undefined) return undefined;
  const [, { target }] = first;
  const other = wanted.find(([, place]) => place.target !== target);
  if (other !== undefined)
    throw fail('target.two-places', {
      message: `"${first[0]}" is placed on "${target}" and "${other[0]}" on "${other[1].target}".`,
      mend: 'One run goes to one remote: place both on the same.',
      node: other[0],
    });
  const placed = wanted.map(([, place]) => place);
  const parts = placed.flatMap((place) => place.partitions ?? []);
  return {
    target,
    nodes: wanted.map(([id]) => id).sort(),
    resources: together(placed),
    ...(parts.length === 0 ? {} : { partitions: largest(parts) }),
  };
}

/** Enough for each of them. */
function together(places: readonly Place[]): JobResources {
  const most = (pick: (place: Place) => number | undefined): number | undefined => {
    const found = places.flatMap((place) => pick(place) ?? []);
    return found.length === 0 ? undefined : largest(found);
  };
  const resources: JobResources = {};
  const [cores, memoryMb, gpus, minutes] = [
    most((p) => p.cores),
    most((p) => p.memoryMb),
    most((p) => p.gpus),
    most((p) => p.minutes),
  ];
  if (cores !== undefined) resources.cores = cores;
  if (memoryMb !== undefined) resources.memoryMb = memoryMb;
  if (gpus !== undefined) resources.gpus = gpus;
  if (minutes !== undefined) resources.minutes = minutes;
  const partition = places.find((p) => p.partition !== undefined)?.partition;
  const image = places.find((p) => p.image !== undefined)?.image;
  const extra = [...new Set(places.flatMap((p) => p.extra ?? []))];
  return {
    ...resources,
    ...(partition === undefined ? {} : { partition }),
    ...(image === undefined ? {} : { image }),
    ...(extra.length === 0 ? {} : { extra }),
  };
}

function ancestorsOf(file: PipelineFile, node: string): Set<string> {
  const found = new Set([node]);
  const links = file.wires.map(parseWire);
  for (const id of found) for (const { from, to } of links) if (to.node === id) found.add(from.node);
  return found;
}
