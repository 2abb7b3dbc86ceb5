import { Box, History, House, MessageSquareText, Rocket, Server, Workflow, type LucideIcon } from 'lucide-react';
import type { Screen } from '../../state/window/view.ts';

/** The places of the rail in their order, which is that of their keys. */
export const places: readonly { action: string; icon: LucideIcon; screens: readonly Screen['name'][] }[] = [
  { action: 'go.start', icon: House, screens: ['start'] },
  { action: 'go.pipeline', icon: Workflow, screens: ['pipeline', 'report', 'labels'] },
  { action: 'go.runs', icon: History, screens: ['runs'] },
  { action: 'go.models', icon: Box, screens: ['models'] },
  { action: 'go.language', icon: MessageSquareText, screens: ['language'] },
  { action: 'go.services', icon: Rocket, screens: ['services'] },
  { action: 'go.clusters', icon: Server, screens: ['clusters'] },
];
