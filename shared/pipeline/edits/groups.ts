/** Frames around nodes: a title and a colour that hold some of them together. A node stands in one frame at most. */
import type { PipelineFile } from '../file.ts';

/** Colours by the names that stand in the file. */
export const groupColors = ['blue', 'teal', 'green', 'violet', 'pink', 'orange', 'gold', 'grey'] as const;
export type GroupColor = (typeof groupColors)[number];
export const isGroupColor = (text: string | undefined): text is GroupColor => groupColors.some((c) => c === text);

export function freeGroupId(file: Pick<PipelineFile, 'groups'>): string {
  for (let n = 1; ; n++) if (!Object.hasOwn(file.groups, `group-${n}`)) return `group-${n}`;
}

/** Puts nodes into a new frame, out of those that they stood in. */
export function addGroup(
  file: PipelineFile,
  id: string,
  { title, nodes, color }: { title: string; nodes: readonly string[]; color: GroupColor },
): void {
  const chosen = new Set(nodes);
  for (const group of Object.values(file.groups)) group.nodes = group.nodes.filter((node) => !chosen.has(node));
  dropEmptyGroups(file);
  file.groups[id] = { title, nodes: [...nodes].sort(), color };
}

export function dropEmptyGroups(file: PipelineFile): void {
  for (const [id, group] of Object.entries(file.groups)) if (group.nodes.length === 0) delete file.groups[id];
}

/** Frames that hold one of the nodes. */
export const groupsAround = (file: Pick<PipelineFile, 'groups'>, nodes: readonly string[]): string[] =>
  Object.entries(file.groups).flatMap(([id, group]) => (group.nodes.some((n) => nodes.includes(n)) ? [id] : []));
