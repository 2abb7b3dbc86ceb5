/** A device to compute on, by the backend that the environment names. */
import type { Device } from './backend.ts';
import type { DeviceWish } from './choose-provider.ts';
import { chosenBackend } from './chosen-backend.ts';

export const openDevice = async (wish: DeviceWish): Promise<Device> => (await chosenBackend()).open(wish);
