import { ArrowLeft, Box, History, House, MessageSquareText, Rocket, Server, Workflow } from 'lucide-react';
import { activeDocument } from '../../state/documents/documents.ts';
import { canGoBack, goBack } from '../../state/window/screen-history.ts';
import { showScreen } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import type { Action } from '../action.ts';

export const goActions: readonly Action[] = [
  {
    id: 'go.back',
    group: 'go',
    title: () => t('actions.goBack'),
    icon: ArrowLeft,
    // Alt+Left is the browser's own; on the canvas it moves the selected card.
    when: canGoBack,
    run: goBack,
  },
  {
    id: 'go.start',
    group: 'go',
    title: () => t('actions.goStart'),
    icon: House,
    keys: ['Alt+1'],
    run: () => showScreen({ name: 'start' }),
  },
  {
    id: 'go.pipeline',
    group: 'go',
    title: () => t('actions.goPipeline'),
    icon: Workflow,
    keys: ['Alt+2'],
    when: () => activeDocument() !== undefined,
    run: () => showScreen({ name: 'pipeline' }),
  },
  {
    id: 'go.runs',
    group: 'go',
    title: () => t('actions.goRuns'),
    icon: History,
    keys: ['Alt+3'],
    run: () => showScreen({ name: 'runs' }),
  },
  {
    id: 'go.models',
    group: 'go',
    title: () => t('actions.goModels'),
    icon: Box,
    keys: ['Alt+4'],
    run: () => showScreen({ name: 'models' }),
  },
  {
    id: 'go.services',
    group: 'go',
    title: () => t('actions.goServices'),
    icon: Rocket,
    keys: ['Alt+6'],
    run: () => showScreen({ name: 'services' }),
  },
  {
    id: 'go.language',
    group: 'go',
    title: () => t('actions.goLanguage'),
    icon: MessageSquareText,
    keys: ['Alt+5'],
    run: () => showScreen({ name: 'language' }),
  },
  {
    id: 'go.clusters',
    group: 'go',
    title: () => t('actions.goClusters'),
    icon: Server,
    keys: ['Alt+7'],
    run: () => showScreen({ name: 'clusters' }),
  },
];
