/** Edits of a node's settings and of the pipeline's run parameters. */
import type { PipelineFile, PipelineNode, Place, RunParameter } from '../file.ts';

type ParamValue = PipelineNode['params'][string];

/** Writes a parameter; `undefined` takes it out, so that the kind's default holds. */
export function setParam(file: PipelineFile, node: string, param: string, value: ParamValue | undefined): void {
  const params = file.nodes[node]?.params;
  if (params === undefined) return;
  if (value === undefined) delete params[param];
  else params[param] = value;
}

export function setTitle(file: PipelineFile, node: string, title: string): void {
  const found = file.nodes[node];
  if (found === undefined) return;
  if (title.trim() === '') delete found.title;
  else found.title = title.trim();
}

export function setNote(file: PipelineFile, node: string, note: string): void {
  const found = file.nodes[node];
  if (found === undefined) return;
  if (note.trim() === '') delete found.note;
  else found.note = note;
}

/** Where it runs; undefined: where the run is. */
export function setPlace(file: PipelineFile, node: string, place: Place | undefined): void {
  const found = file.nodes[node];
  if (found === undefined) return;
  if (place === undefined) delete found.place;
  else found.place = place;
}

export function setDisabled(file: PipelineFile, nodes: readonly string[], disabled: boolean): void {
  for (const id of nodes) {
    const found = file.nodes[id];
    if (found === undefined) continue;
    if (disabled) found.disabled = true;
    else delete found.disabled;
  }
}

export function setRunParameter(file: PipelineFile, name: string, parameter: RunParameter | undefined): void {
  if (parameter === undefined) delete file.parameters[name];
  else file.parameters[name] = parameter;
}
