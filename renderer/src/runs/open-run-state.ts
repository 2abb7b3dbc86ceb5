import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { openDocument } from '../state/documents/documents.ts';
import { showScreen } from '../state/window/view.ts';
import { sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import type { Run } from '../state/runs/compare-runs.ts';

/** Opens the pipeline as it was when it ran, in a tab of its own: nothing that is open is overwritten. */
export function openRunState(run: Run, file: PipelineFile): void {
  const title = t('runs.restored', { title: run.title || file.title, time: sayWhen(run.started_ms) });
  openDocument({ ...file, title }, { path: null, unsaved: true });
  showScreen({ name: 'pipeline' });
}
