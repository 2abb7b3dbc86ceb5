import type { Network } from '../../shared/neural/network.ts';
import type { NetworkWeights, OpenNetwork } from '../../shared/neural/neural-service.ts';
import type { DeviceChoice } from '../../shared/neural/training-settings.ts';
import { openAnswers } from './open-answers.ts';
import { openDevice } from './devices/open-device.ts';

/** A trained network, ready to be asked. Default device: the processor, whose answers are the same on every machine of its kind. */
export async function openNetwork(
  network: Network,
  weights: NetworkWeights,
  { device: choice = 'cpu', threads }: { device?: DeviceChoice; threads: number },
): Promise<OpenNetwork> {
  const device = await openDevice({ device: choice, threads });
  const answers = openAnswers(network, weights, device);
  const inner = new Map<number, ReturnType<typeof openAnswers>>();
  return {
    device: device.used,
    predict: async (rows, signal) => (await answers.of(rows, signal)).answer,
    embed: async (rows, { layer }, signal) => {
      const known = inner.get(layer) ?? openAnswers(network, weights, device, { layers: [layer] });
      inner.set(layer, known);
      const {
        inner: [made],
      } = await known.of(rows, signal);
      if (made === undefined) throw new Error(`the network has no layer ${layer}`);
      return { width: made.shape.reduce((a, b) => a * b, 1), values: made.values };
    },
    close: () => device.close(),
  };
}
