/** What moves between this machine and a remote, in one line. */
import type { MovedResult } from './run-events.ts';

export function sayMoves(target: string, moves: readonly MovedResult[]): string {
  const said = (to: MovedResult['to'], words: string): string[] => {
    const own = moves.filter((move) => move.to === to);
    if (own.length === 0) return [];
    const bytes = own.reduce((sum, move) => sum + move.bytes, 0);
    const about = own.every((move) => move.isKnown) ? '' : 'about ';
    const what = own.map((move) => (move.isFile ? `the file of ${move.node}` : move.node)).join(', ');
    return [`${about}${sayBytes(bytes)} ${words} (${what})`];
  };
  return [...said('there', `go to ${target}`), ...said('here', 'come back')].join('; ');
}

export const sayBytes = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : bytes < 1e9
        ? `${(bytes / 1e6).toFixed(1)} MB`
        : `${(bytes / 1e9).toFixed(2)} GB`;
