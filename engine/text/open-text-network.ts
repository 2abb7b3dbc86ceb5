/** The network of an encoder, of either form. */
import { isOnnx } from '../../methods/encoder/encoder-folder.ts';
import type { EncoderFiles } from './encoder-files.ts';
import { openOnnxNetwork } from './onnx-network.ts';
import type { TextNetwork } from './text-network.ts';
import { openWeightsNetwork } from './weights-network.ts';

export type TextNetworkFiles = Pick<EncoderFiles, 'network' | 'config' | 'longest'>;

/** One thread a product: several share its sums out by their number, and the last bit with them. */
export async function openTextNetwork(files: TextNetworkFiles): Promise<TextNetwork> {
  const network = await (isOnnx(files.network.path) ? openOnnxNetwork(files.network.place) : openWeightsNetwork(files));
  return { ...network, run: (group) => runGroup(network, group) };
}

/** A product of one row may add up in another order than one of several: where that is what the network makes of one text, it is given twice. */
async function runGroup({ run, group: most }: TextNetwork, group: Parameters<TextNetwork['run']>[0]) {
  const made = await run(group);
  const [only] = group;
  const isOneRow = only !== undefined && group.length === 1 && (made.dims.length === 2 || only.ids.length === 1);
  if (!isOneRow || most === 1) return made;
  const { data, dims } = await run([only, only]);
  return { data: data.slice(0, data.length / 2), dims: [1, ...dims.slice(1)] };
}
