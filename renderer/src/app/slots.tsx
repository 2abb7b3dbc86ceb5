/** Where the panels of other rooms stand in the window. */
import type { ComponentType } from 'react';
import { CodePanel } from '../code/code-panel.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { LogPanel } from '../log/log-panel.tsx';
import { PreviewPanel } from '../preview/preview-panel.tsx';
import { ProblemsPanel } from '../problems/problems-panel.tsx';
import { ReportPanel } from '../report/report-panel.tsx';
import type { DrawerTab } from '../state/view.ts';

export const drawerSlots: readonly { id: DrawerTab; Panel: ComponentType }[] = [
  { id: 'preview', Panel: PreviewPanel },
  { id: 'report', Panel: ReportPanel },
  { id: 'log', Panel: LogPanel },
  { id: 'code', Panel: CodePanel },
  { id: 'problems', Panel: ProblemsPanel },
];
export const InspectorSlot = Inspector;
