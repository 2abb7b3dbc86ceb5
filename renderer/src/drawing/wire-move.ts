/** What moves along a wire between this machine and a target: on each wire whose ends are computed in two places. */
import type { CheckResult } from '../../../shared/rpc/contract/check.ts';
import { sayBytes } from '../text/say.ts';
import { t } from '../text/t.ts';

/** Short, so that it fits between two cards. */
export function moveOn(
  placed: CheckResult['plan']['placed'] | undefined,
  from: string,
  to: string,
): string | undefined {
  if (!placed || placed.there.includes(from) === placed.there.includes(to)) return undefined;
  const move = placed.moves.find((m) => m.node === from && !m.isFile);
  if (move === undefined) return undefined;
  const bytes = `${move.isKnown ? '' : '~'}${sayBytes(move.bytes)}`;
  return `${move.to === 'there' ? '↑' : '↓'}${bytes}`;
}
/** The same in words, for who hears it. */
export const moveInWords = (short: string, target: string): string =>
  t(short.startsWith('↑') ? 'canvas.movesThere' : 'canvas.movesBack', {
    bytes: short[1] === '~' ? t('common.about', { figure: short.slice(2) }) : short.slice(1),
    target,
  });

/** All of it in one line. */
export function sayAllMoves(placed: CheckResult['plan']['placed'] | undefined): string | undefined {
  if (!placed || placed.moves.length === 0) return undefined;
  const said = (to: 'there' | 'here'): string[] => {
    const own = placed.moves.filter((move) => move.to === to);
    if (own.length === 0) return [];
    const sum = own.reduce((all, move) => all + move.bytes, 0);
    const bytes = own.every((move) => move.isKnown) ? sayBytes(sum) : t('common.about', { figure: sayBytes(sum) });
    return [t(to === 'there' ? 'app.run.movesThere' : 'app.run.movesBack', { bytes, target: placed.target })];
  };
  return [...said('there'), ...said('here')].join(', ');
}
