/** Puts a prompt of the playground on the canvas: Prompt, and Generate with the form of its answer, as one step of the history. */
import { specs } from '../../../nodes/specs.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { addNode, addWire, columnPx, freeId, type Point } from '../edits/graph.ts';
import { activeDocument, edit } from '../state/documents.ts';
import { blankPipeline, documentTitle } from '../state/files.ts';
import { toast } from '../state/toasts.ts';
import { select, showScreen } from '../state/view.ts';
import { t } from '../text/t.ts';
import type { DraftPrompt, Kept } from './playground-store.ts';

export function makePromptNodes(
  prompt: DraftPrompt,
  { form, temperature, maxTokens }: Pick<Kept, 'form' | 'temperature' | 'maxTokens'>,
): void {
  const asks = specs.get('language.prompt');
  const answers = specs.get('language.generate');
  if (asks === undefined || answers === undefined) return;
  if (activeDocument() === undefined) blankPipeline();
  const document = activeDocument();
  if (document === undefined) return;
  const ids: string[] = [];
  edit({
    label: t('canvas.steps.add', { title: asks.title }),
    edit: (file) => {
      const [x, y] = freeRow(file);
      const first = freeId(file, asks.title);
      addNode(file, {
        id: first,
        spec: asks,
        at: [x, y],
        params: { template: prompt.user, ...(prompt.system.trim() === '' ? {} : { system: prompt.system }) },
      });
      const second = freeId(file, answers.title);
      const fields = form.schema.trim() === '' ? form.fields.map((field) => ({ ...field })) : [];
      addNode(file, {
        id: second,
        spec: answers,
        at: [x + columnPx + 20, y],
        params: {
          prompt: 'prompt',
          temperature,
          maxTokens,
          ...(fields.length > 0 ? { fields } : {}),
          ...(form.schema.trim() === '' ? {} : { schema: form.schema }),
        },
      });
      addWire(file, { from: { node: first, port: 'rows' }, to: { node: second, port: 'rows' } }, specs);
      ids.push(first, second);
    },
  });
  select({ nodes: ids });
  showScreen({ name: 'pipeline' });
  toast({ tone: 'ok', title: t('language.nodesMade', { pipeline: documentTitle(document) }) });
}

/** Below all that stands there, at the left. */
function freeRow(file: PipelineFile): Point {
  const places = Object.values(file.layout);
  if (places.length === 0) return [0, 0];
  return [Math.min(...places.map(([x]) => x)), Math.max(...places.map(([, y]) => y)) + 180];
}
