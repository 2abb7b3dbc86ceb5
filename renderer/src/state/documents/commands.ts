/** Commands with their words, for the inspector, the canvas and the menus: each is one step of the history. */
import { kindFacts } from '../../../../nodes/kind-facts.ts';
import type { Fix } from '../../../../shared/errors.ts';
import type { PipelineFile, PipelineNode, Place, RunParameter } from '../../../../shared/pipeline/file.ts';
import { nodeTitle } from '../../../../shared/pipeline/node-title.ts';
import { own } from '../../../../shared/own.ts';
import { applyFix } from '../../../../shared/pipeline/edits/fixes.ts';
import { renameNode } from '../../../../shared/pipeline/edits/graph.ts';
import {
  setDisabled,
  setNote,
  setParam,
  setPlace,
  setRunParameter,
  setTitle,
} from '../../../../shared/pipeline/edits/settings.ts';
import { t } from '../../text/t.ts';
import { activeDocument, edit } from './documents.ts';

/** What a person calls the node: its own title, its kind's, or its id. */
export function titleOf(file: PipelineFile, node: string): string {
  const found = file.nodes[node];
  return nodeTitle(found, kindFacts.get(found?.kind ?? '')) ?? node;
}
const nameOf = (node: string): string => {
  const file = activeDocument()?.file;
  return file === undefined ? node : titleOf(file, node);
};
function paramTitle(node: string, param: string): string {
  const kind = activeDocument()?.file.nodes[node]?.kind ?? '';
  return own(kindFacts.get(kind)?.settings, param)?.toLowerCase() ?? param;
}

/** Typing into one field is one step. `undefined` puts the default back. */
export function changeParam(node: string, param: string, value: PipelineNode['params'][string] | undefined): void {
  const values = { param: paramTitle(node, param), title: nameOf(node) };
  edit({
    label: value === undefined ? t('canvas.steps.resetParam', values) : t('canvas.steps.param', values),
    mergeKey: value === undefined ? `reset ${node} ${param}` : `param ${node} ${param}`,
    edit: (file) => setParam(file, node, param, value),
  });
}
export function changeTitle(node: string, title: string): void {
  edit({
    label: t('canvas.steps.title', { title: nameOf(node) }),
    mergeKey: `title ${node}`,
    edit: (file) => setTitle(file, node, title),
  });
}
export function changeNote(node: string, note: string): void {
  edit({
    label: t('canvas.steps.note', { title: nameOf(node) }),
    mergeKey: `note ${node}`,
    edit: (file) => setNote(file, node, note),
  });
}
export function changePlace(node: string, place: Place | undefined): void {
  edit({
    label: t('canvas.steps.place', { title: nameOf(node) }),
    mergeKey: `place ${node}`,
    edit: (file) => setPlace(file, node, place),
  });
}
/** A new id, everywhere at once. The caller has checked that it is free and well formed. */
export function changeId(from: string, to: string): void {
  edit({ label: t('canvas.steps.renameId', { from, to }), edit: (file) => renameNode(file, from, to) });
}
export function changeDisabled(nodes: readonly string[], disabled: boolean): void {
  const values = { count: nodes.length, title: nameOf(nodes[0] ?? '') };
  edit({
    label: disabled ? t('canvas.steps.disable', values) : t('canvas.steps.enable', values),
    edit: (file) => setDisabled(file, nodes, disabled),
  });
}
export function changeRunParameter(name: string, parameter: RunParameter | undefined): void {
  edit({
    label: t('canvas.steps.runParameter', { name }),
    mergeKey: `run parameter ${name}`,
    edit: (file) => setRunParameter(file, name, parameter),
  });
}
/** Makes a run parameter of a node's parameter, under a free name, and lets the node refer to it. */
export function setRunParameterFrom(
  node: string,
  param: string,
  parameter: RunParameter,
  referenceTo: (name: string) => string,
): void {
  const taken = activeDocument()?.file.parameters ?? {};
  const name = !Object.hasOwn(taken, param)
    ? param
    : [`${node}_${param}`, ...Array.from({ length: 99 }, (_, i) => `${param}${i + 2}`)]
        .map((n) => n.replaceAll('-', '_'))
        .find((n) => !Object.hasOwn(taken, n));
  if (name === undefined) return;
  edit({
    label: t('canvas.steps.runParameter', { name }),
    edit: (file) => {
      setRunParameter(file, name, parameter);
      setParam(file, node, param, referenceTo(name));
    },
  });
}
export function changePipelineTitle(title: string): void {
  edit({
    label: t('canvas.steps.pipelineTitle'),
    mergeKey: 'pipeline title',
    edit: (file) => void (file.title = title),
  });
}
export function changeAbout(text: string): void {
  edit({
    label: t('canvas.steps.description'),
    mergeKey: 'pipeline description',
    edit: (file) => {
      if (text.trim() === '') delete file.description;
      else file.description = text;
    },
  });
}
/** The button beside a problem. */
export function performFix(fix: Fix): void {
  edit({ label: t('canvas.steps.fix', { title: fix.title }), edit: (file) => applyFix(file, fix, kindFacts) });
}
