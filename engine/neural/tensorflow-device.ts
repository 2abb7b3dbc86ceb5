import { fail } from '../../shared/errors.ts';
import type { Device, OpenOptions } from './backend.ts';
export const openTensorflow = (_options: OpenOptions): Promise<Device> =>
  Promise.reject(fail('neural.no-tensorflow', { message: 'not yet' }));
