import { Box, Puzzle, type LucideIcon } from 'lucide-react';
import icons from 'virtual:node-icons';
import type { KindFacts } from '../../../shared/kind/define-spec.ts';

/** The icon that a kind declares; a kind that is not installed has a piece of a puzzle. */
export const kindIcon = (spec: Pick<KindFacts, 'icon'> | undefined): LucideIcon =>
  spec === undefined ? Puzzle : (icons[spec.icon] ?? Box);
