/** What runs of this workspace may take of the machine, read again when somebody chooses otherwise. */
import { useCallback } from 'react';
import { host } from '../rpc/host.ts';
import { useList } from '../state/window/use-list.ts';

export function useLimits() {
  const read = useCallback(() => host()['limits.get']({}), []);
  return useList('limits', read);
}
