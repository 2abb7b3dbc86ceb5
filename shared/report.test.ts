import { expect, it } from 'vitest';
import { firstFigure } from './report.ts';

const item = (name: string, title: string) => ({ name, title, value: 4.2, better: 'lower' as const });

it('a card has the usual short name of a metric, and the title where that is short itself', () => {
  const figureOf = (name: string, title: string) =>
    firstFigure({ blocks: [{ type: 'metrics', items: [item(name, title)] }] })?.title;
  expect(figureOf('root_mean_squared_error', 'Root mean squared error')).toBe('RMSE');
  expect(figureOf('log_loss', 'Log loss')).toBe('Log loss');
});
