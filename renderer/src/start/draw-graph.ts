/** Places of small cards (58 × 34) for a pipeline's picture: columns and rows as in the file, close together. */
import { largest } from '../../../shared/append.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';

export interface Drawing {
  width: number;
  height: number;
  /** So that it fits a picture of 400 × 150. */
  scale: number;
  cards: { id: string; x: number; y: number }[];
}
const columnStep = 78;
const rowStep = 40;
const margin = 8;

export function drawGraph(file: Pick<PipelineFile, 'nodes' | 'layout'>): Drawing {
  const ids = Object.keys(file.nodes).filter((id) => file.layout[id] !== undefined);
  const columns = steps(
    ids.map((id) => file.layout[id]?.[0] ?? 0),
    120,
  );
  const rows = steps(
    ids.map((id) => file.layout[id]?.[1] ?? 0),
    50,
  );
  const cards = ids.map((id) => ({
    id,
    x: margin + (columns.get(file.layout[id]?.[0] ?? 0) ?? 0) * columnStep,
    y: margin + (rows.get(file.layout[id]?.[1] ?? 0) ?? 0) * rowStep,
  }));
  const width = largest([0, ...cards.map((c) => c.x)]) + 58 + margin;
  const height = largest([0, ...cards.map((c) => c.y)]) + 34 + margin;
  return { width, height, cards, scale: Math.min(1, 392 / width, 156 / height) };
}

/** Numbers the distinct places from small to large; those nearer than `apart` share one, those between two by more take a part of a step. */
function steps(places: readonly number[], apart: number): Map<number, number> {
  const sorted = [...new Set(places)].sort((a, b) => a - b);
  const numbered = new Map<number, number>();
  let step = 0;
  let first = sorted[0] ?? 0;
  for (const place of sorted) {
    if (place - first >= apart) {
      step += place - first >= apart * 1.6 ? 1 : 0.6;
      first = place;
    }
    numbered.set(place, step);
  }
  return numbered;
}
