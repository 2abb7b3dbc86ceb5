/**
 * Trains the small networks on WebGPU and prints what each lost, in a process of its own: a Vulkan driver is chosen by the environment it starts with. What
 * onnxruntime says about where nodes run goes to the error output.
 */
import { chooseProvider } from '../../engine/neural/devices/open-device.ts';
import { openOrtDevice } from '../../engine/neural/devices/ort-device.ts';
import { trainNetwork } from '../../engine/neural/train-network.ts';
import { smallNets } from './neural-nets.ts';
import { encoderJob, encoderTrials, quietHooks, trialNames } from './small-encoders.ts';
import { trainSmallNet } from './train-small-net.ts';

const chosen = await chooseProvider({ device: 'gpu', threads: 1 });
const device = await openOrtDevice({ ...chosen, threads: 1, logSeverity: 0 });
for (const name of Object.keys(smallNets)) {
  const line = { name, used: chosen.used, ...(await trainSmallNet(name, device)) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
for (const name of trialNames) {
  const losses: number[] = [];
  const job = await encoderJob(encoderTrials[name]);
  await trainNetwork(job, device, { ...quietHooks, onEpoch: (facts) => void losses.push(facts.loss) });
  process.stdout.write(`${JSON.stringify({ encoder: name, used: chosen.used, losses })}\n`);
}
await device.close();
