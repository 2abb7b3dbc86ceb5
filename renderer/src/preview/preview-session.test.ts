import { beforeEach, expect, it } from 'vitest';
import { validate } from '../../../shared/pipeline/parse.ts';
import type { Answer, HostClient } from '../rpc/host-client.ts';
import { setHost } from '../rpc/host.ts';
import { openDocument } from '../state/documents/documents.ts';
import { openSession, useSession } from './preview-session.ts';

const file = validate({
  flowyard: 1,
  nodes: { read: { kind: 'read.csv' }, keep: { kind: 'clean.filter' } },
  wires: ['read.rows -> keep.rows'],
});

interface Asked {
  node: string;
  signal: AbortSignal | undefined;
  answer: () => Promise<void>;
}
let asked: Asked[] = [];
beforeEach(() => {
  asked = [];
  useSession.setState({ session: null, opening: null, failure: null });
  const given: Partial<HostClient> = {
    'preview.open': ({ node }, options) =>
      new Promise((resolve) => {
        const opened: Answer<'preview.open'> = {
          preview: `${node} ${asked.length}`,
          schema: { columns: [], split: false },
          rows: 1,
          exact: true,
          origin: 'live',
          ms: 1,
        };
        asked.push({
          node,
          signal: options?.signal,
          answer: async () => {
            resolve(opened);
            await new Promise((done) => setTimeout(done, 0));
          },
        });
      }),
    'preview.close': () => Promise.resolve({}),
  };
  setHost(given as HostClient);
});

it('a table that is looked at again before the next one was there stays, and the next one does not take its place', async () => {
  const draft = openDocument(file, { path: 'a' });
  const target = (node: string) => ({ draft, node, port: 'rows', wire: 'table' as const });
  void openSession(target('read'), 'read, as it is');
  await asked[0]?.answer();
  void openSession(target('keep'), 'keep, as it is');
  void openSession(target('read'), 'read, as it is');
  await asked[1]?.answer();
  expect(asked[1]?.signal?.aborted).toBe(true);
  expect([useSession.getState().session?.target.node, useSession.getState().opening]).toEqual(['read', null]);
  // And it is opened when it is asked for again.
  void openSession(target('keep'), 'keep, as it is');
  await asked[2]?.answer();
  expect([useSession.getState().session?.target.node, useSession.getState().opening]).toEqual(['keep', null]);
});
