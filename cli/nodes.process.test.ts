import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
});
afterAll(() => here.remove());

it('nodes --find tells kinds by what people call them, one a line, best first', async () => {
  const found = await here.run('nodes', '--find', 'drop nulls');
  expect({ code: found.code, err: found.err }).toEqual({ code: 0, err: '' });
  expect(found.out.split('\n')[0]).toMatch(/^clean\.missing +Missing values +also: drop nulls$/);

  // Without quotes, and misspelt.
  const misspelt = await here.run('nodes', '--find', 'radnom', 'forest', '--json');
  expect(misspelt.code).toBe(0);
  expect(misspelt.lines()[0]).toEqual({
    rank: 1,
    kind: 'train.gradient-boosting',
    title: 'Gradient boosting',
    category: 'train',
    about: expect.stringMatching(/trees/),
    score: expect.any(Number),
    by: 'nearest',
    found: 'random forest',
    missing: { title: 'random forest', sentence: expect.stringMatching(/^There is no random forest node yet\./) },
  });
  expect(misspelt.lines().map(({ rank }) => rank)).toEqual(misspelt.lines().map((_, i) => i + 1));
});

it('says on standard error that no kind does it, with the nearest way on standard output', async () => {
  const found = await here.run('nodes', '--find', 'pivot');
  expect(found.code).toBe(0);
  expect(found.err).toMatch(/^There is no pivot node yet\. SQL can\. For example: PIVOT /);
  expect(found.out).toMatch(/^combine\.sql +SQL +nearest to: pivot\n/);
});

it('ends with code 1 where nothing is found, with 2 where nothing is asked', async () => {
  const nothing = await here.run('nodes', '--find', 'qwrtpsdf', '--json');
  expect(nothing).toMatchObject({ code: 1, out: '' });
  expect(nothing.err).toMatch(/^No kind of node is called "qwrtpsdf"\. .*combine\.sql, clean\.derive/);
  expect(await here.run('nodes', '--find', ' ')).toMatchObject({ code: 2, out: '' });
});
