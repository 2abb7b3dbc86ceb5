import { expect, test } from 'vitest';
import { targetSettings } from '../../shared/targets.ts';
import { toyStoreForEachTest } from '../../test/support/toy-store.ts';

const here = toyStoreForEachTest();

test('a pinned host key stays when the target is added again, and goes with another address', () => {
  const { store } = here;
  const save = (more: object) =>
    store.targets.save(targetSettings.parse({ name: 'lab', kind: 'ssh', host: 'h', port: 22, ...more }), 1);
  const keyNow = () => store.targets.get('lab')?.host_key;
  save({});
  store.targets.pinHostKey('lab', 'SHA256:a');
  save({ options: { cores: '2' }, user: 'mara' });
  expect(keyNow()).toBe('SHA256:a');
  save({ port: 23 });
  expect(keyNow()).toBeNull();
  store.targets.pinHostKey('lab', 'SHA256:a');
  save({ host: 'other', port: 23 });
  expect(keyNow()).toBeNull();
});
