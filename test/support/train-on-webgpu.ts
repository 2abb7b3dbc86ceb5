/**
 * Trains the small networks on WebGPU and prints what each lost, in a process of its own: a Vulkan driver is chosen by the environment it starts with. What
 * onnxruntime says about where nodes run goes to the error output.
 */
import { chooseProvider } from '../../engine/neural/open-device.ts';
import { openOrtDevice } from '../../engine/neural/ort-device.ts';
import { trainNetwork } from '../../engine/neural/train-network.ts';
import { openAnswers } from '../../engine/neural/open-answers.ts';
import { drawnExamples, drawnWeights, smallNets } from './neural-nets.ts';
import { encoderJob, encoderTrials, quietHooks, trialNames } from './small-encoders.ts';

const chosen = await chooseProvider({ device: 'gpu', threads: 1 });
const device = await openOrtDevice({ ...chosen, threads: 1, logSeverity: 0 });
for (const [name, { network, rows, settings, classWeights }] of Object.entries(smallNets)) {
  const losses: number[] = [];
  const train = drawnExamples(network, rows);
  const trained = await trainNetwork(
    {
      network,
      train,
      validation: drawnExamples(network, 30, 11),
      settings,
      initial: drawnWeights(network),
      classWeights: classWeights === undefined ? undefined : Float32Array.from(classWeights),
      job: name,
    },
    device,
    { ...quietHooks, onEpoch: (facts) => void losses.push(facts.loss) },
  );
  const { answer } = await openAnswers(network, trained.weights, device).of(train);
  const line = {
    name,
    used: chosen.used,
    losses,
    validation: trained.history.map((h) => h.validationLoss),
    answer: [...answer.values],
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
for (const name of trialNames) {
  const losses: number[] = [];
  const job = await encoderJob(encoderTrials[name]);
  await trainNetwork(job, device, { ...quietHooks, onEpoch: (facts) => void losses.push(facts.loss) });
  process.stdout.write(`${JSON.stringify({ encoder: name, used: chosen.used, losses })}\n`);
}
await device.close();
