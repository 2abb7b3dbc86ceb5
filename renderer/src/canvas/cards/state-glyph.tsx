import {
  Check,
  Circle,
  CircleDashed,
  CirclePause,
  Clock,
  Lock,
  Pause,
  PowerOff,
  Puzzle,
  RotateCw,
  SkipForward,
  TriangleAlert,
  Unplug,
  X,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import { Icon } from '../../theme/icon.tsx';
import { ProgressRing } from '../../theme/surface.tsx';
import type { FaceState } from '../../drawing/node-face.ts';

const glyphs: Readonly<Record<FaceState, LucideIcon>> = {
  idle: CircleDashed,
  queued: Clock,
  paused: Pause,
  running: Circle,
  done: Check,
  cached: Zap,
  stale: RotateCw,
  failed: X,
  skipped: SkipForward,
  cancelled: CirclePause,
  interrupted: Unplug,
  disabled: PowerOff,
  unknown: Puzzle,
  problem: TriangleAlert,
  untrusted: Lock,
};

/** The sign of a state: each has its own, so that colour is never alone. */
export function StateGlyph({
  state,
  progress = null,
  size = 12,
}: {
  state: FaceState;
  progress?: number | null;
  size?: number;
}) {
  return state === 'running' ? (
    <ProgressRing fraction={progress} size={size + 2} />
  ) : (
    <Icon of={glyphs[state]} size={size} stroke={1.7} solid={state === 'cached'} />
  );
}
