/** A run told in lines: what each node did, why, how long it took, and what it said. */
import type { RunState } from '../../../shared/run/run-state.ts';
import { sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';

export interface LogLine {
  timeMs: number;
  node: string;
  level: 'info' | 'warning' | 'error' | 'done';
  text: string;
}

export function logLines(run: RunState): LogLine[] {
  const lines = Object.entries(run.nodes).flatMap(([node, n]): LogLine[] => {
    const startedMs = n.startedMs ?? run.startedMs;
    const line = (timeMs: number, level: LogLine['level'], text: string): LogLine => ({ timeMs, node, level, text });
    return [
      ...(n.startedMs === undefined
        ? []
        : [
            line(
              startedMs,
              'info',
              n.reason === undefined ? t('log.started') : t('log.startedBecause', { reason: n.reason }),
            ),
          ]),
      ...n.log.map((entry) => line(entry.timeMs, entry.level, entry.text)),
      ...n.warnings.map((problem) =>
        line(startedMs, 'warning', [problem.message, problem.mend].filter(Boolean).join(' ')),
      ),
      ...(n.state === 'cached'
        ? [
            line(
              run.startedMs,
              'done',
              n.reason === undefined ? t('states.cached') : t('log.cached', { reason: n.reason }),
            ),
          ]
        : []),
      ...(n.state === 'done'
        ? [line(startedMs + (n.ms ?? 0), 'done', t('log.finished', { time: sayDuration(n.ms ?? 0) }))]
        : []),
      ...(n.problem === undefined
        ? []
        : [line(startedMs + (n.ms ?? 0), 'error', [n.problem.message, n.problem.mend].filter(Boolean).join(' '))]),
      ...(n.state === 'skipped' && n.reason !== undefined
        ? [line(startedMs, 'done', t('log.skipped', { reason: n.reason }))]
        : []),
    ];
  });
  return lines
    .map((line, i) => ({ line, i }))
    .sort((a, b) => a.line.timeMs - b.line.timeMs || a.i - b.i)
    .map(({ line }) => line);
}
