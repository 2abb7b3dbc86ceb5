import { ChevronsRight, Flag, Gauge, Pause, Play, RotateCcw, Square } from 'lucide-react';
import { runPipeline } from '../../state/runs/run-commands.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { isRunning, runOf, stopRun } from '../../state/runs/followed-run.ts';
import { canSteer, steer, steeringNow } from '../../state/runs/steer.ts';
import { useOverlay } from '../../state/window/overlay.ts';
import { selection, useView } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import type { Action } from '../action.ts';

const idle = (): boolean => {
  const document = activeDocument();
  return (
    document !== undefined &&
    document.trusted &&
    !isRunning(runOf(document.draft)) &&
    Object.keys(document.file.nodes).length > 0
  );
};

export const runActions: readonly Action[] = [
  {
    id: 'run.all',
    group: 'run',
    title: () => t('actions.run'),
    icon: Play,
    keys: ['Mod+Enter'],
    when: idle,
    run: () => void runPipeline(),
  },
  {
    id: 'run.to-here',
    group: 'run',
    title: () => t('actions.runToHere'),
    icon: ChevronsRight,
    keys: ['Mod+Shift+Enter'],
    when: () => idle() && selection().nodes.length === 1,
    run: () => void runPipeline({ to: selection().nodes[0] ?? null }),
  },
  {
    id: 'run.fresh',
    group: 'run',
    title: () => t('actions.runFresh'),
    icon: RotateCcw,
    when: idle,
    run: () => void runPipeline({ ignoreCache: true }),
  },
  {
    id: 'run.pause',
    group: 'run',
    title: () => t(steeringNow() === 'paused' ? 'actions.resume' : 'actions.pause'),
    icon: Pause,
    keys: ['Mod+Shift+P'],
    when: canSteer,
    run: () => void steer(steeringNow() === 'paused' ? 'resume' : 'pause'),
  },
  {
    id: 'run.keep-best',
    group: 'run',
    title: () => t('actions.keepBest'),
    icon: Flag,
    when: canSteer,
    run: () => void steer('finish'),
  },
  {
    id: 'run.limits',
    group: 'run',
    title: () => t('limits.title'),
    icon: Gauge,
    when: () => activeDocument() !== undefined && useView.getState().screen.name === 'pipeline',
    run: () => useOverlay.setState({ open: { name: 'limits' } }),
  },
  {
    id: 'run.stop',
    group: 'run',
    title: () => t('actions.stop'),
    icon: Square,
    keys: ['Mod+.'],
    when: () => isRunning(runOf(activeDocument()?.draft ?? null)),
    run: () => void stopRun(activeDocument()?.draft ?? ''),
  },
];
