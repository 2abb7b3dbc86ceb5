/** Where the panels of other rooms stand in the window. */
import type { ComponentType } from 'react';
import { ChangesPanel } from '../changes/changes-panel.tsx';
import { CodePanel } from '../code/code-panel.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { LogPanel } from '../log/log-panel.tsx';
import { ChartPanel } from '../preview/chart/chart-panel.tsx';
import { PreviewPanel } from '../preview/preview-panel.tsx';
import { ProfilePanel } from '../preview/profile/profile-panel.tsx';
import { SchemaPanel } from '../preview/schema-panel.tsx';
import { ProblemsPanel } from '../problems/problems-panel.tsx';
import { ReportPanel } from '../report/report-panel.tsx';
import { TrainingPanel } from '../training/training-panel.tsx';
import type { DrawerTab } from '../state/window/view.ts';

export const drawerSlots: readonly { id: DrawerTab; Panel: ComponentType }[] = [
  { id: 'preview', Panel: PreviewPanel },
  { id: 'profile', Panel: ProfilePanel },
  { id: 'charts', Panel: ChartPanel },
  { id: 'changes', Panel: ChangesPanel },
  { id: 'schema', Panel: SchemaPanel },
  { id: 'report', Panel: ReportPanel },
  { id: 'training', Panel: TrainingPanel },
  { id: 'log', Panel: LogPanel },
  { id: 'code', Panel: CodePanel },
  { id: 'problems', Panel: ProblemsPanel },
];
export const InspectorSlot = Inspector;
