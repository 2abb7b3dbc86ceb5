/** Puts what was tried here on the canvas, as one step of the history, and shows it: a prompt with the form of its answer, a model. */
import { specs } from '../../../nodes/specs.ts';
import { largest, smallest } from '../../../shared/append.ts';
import type { PipelineFile, PipelineNode } from '../../../shared/pipeline/file.ts';
import { canvasApi } from '../drawing/canvas-store.ts';
import { columnPx } from '../../../shared/pipeline/arrange.ts';
import { addNode, addWire, freeId, type Point } from '../../../shared/pipeline/edits/graph.ts';
import { activeDocument, edit } from '../state/documents/documents.ts';
import { blankPipeline, documentTitle } from '../state/files/files.ts';
import { toast } from '../state/window/toasts.ts';
import { select, showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import type { DraftPrompt, Kept } from './playground-store.ts';

interface NewNode {
  kind: string;
  params: PipelineNode['params'];
}

/** @param chain each wired to the next by its rows */
function putOnCanvas(chain: readonly NewNode[]): void {
  if (activeDocument() === undefined) blankPipeline();
  const document = activeDocument();
  if (document === undefined) return;
  const known = chain.flatMap(({ kind, params }) => {
    const spec = specs.get(kind);
    return spec === undefined ? [] : [{ spec, params }];
  });
  const titles = known.map(({ spec }) => spec.title).join(', ');
  const ids: string[] = [];
  edit({
    label: t('canvas.steps.add', { title: titles }),
    edit: (file) => {
      const [x, y] = freeRow(file);
      for (const [i, { spec, params }] of known.entries()) {
        const id = freeId(file, spec.title);
        addNode(file, { id, spec, at: [x + i * columnPx, y], params });
        const before = ids.at(-1);
        if (before !== undefined)
          addWire(file, { from: { node: before, port: 'rows' }, to: { node: id, port: 'rows' } }, specs);
        ids.push(id);
      }
    },
  });
  select({ nodes: ids });
  showScreen({ name: 'pipeline' });
  fitWhenDrawn();
  toast({ tone: 'ok', title: t('language.nodesMade', { nodes: titles, pipeline: documentTitle(document) }) });
}

/** The canvas may be on its way: what was made is brought into view once it is there. */
function fitWhenDrawn(triesLeft = 40): void {
  setTimeout(() => {
    const canvas = canvasApi();
    if (canvas !== null) canvas.fit();
    else if (triesLeft > 0) fitWhenDrawn(triesLeft - 1);
  }, 50);
}

/** Below all that stands there, at the left. */
function freeRow(file: PipelineFile): Point {
  const places = Object.values(file.layout);
  if (places.length === 0) return [0, 0];
  return [smallest(places.map(([x]) => x)), largest(places.map(([, y]) => y)) + 180];
}

export function makePromptNodes(
  { user, system }: DraftPrompt,
  { form, temperature, maxTokens }: Pick<Kept, 'form' | 'temperature' | 'maxTokens'>,
): void {
  const hasSchema = form.schema.trim() !== '';
  const fields = hasSchema ? [] : form.fields.map((field) => ({ ...field }));
  putOnCanvas([
    { kind: 'language.prompt', params: { template: user, ...(system.trim() === '' ? {} : { system }) } },
    {
      kind: 'language.generate',
      params: {
        prompt: 'prompt',
        temperature,
        maxTokens,
        ...(fields.length > 0 ? { fields } : {}),
        ...(hasSchema ? { schema: form.schema } : {}),
      },
    },
  ]);
}

export const makeModelNode = (file: string): void => putOnCanvas([{ kind: 'language.model', params: { file } }]);

/** Its form is the inspector's; a run of it brings the model here. */
export const makeEndpointNode = (): void => putOnCanvas([{ kind: 'language.endpoint', params: {} }]);
