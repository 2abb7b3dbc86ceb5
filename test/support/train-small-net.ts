/** Trains one of the small networks as PyTorch did (`methods/neural/fixtures`), on any device, and asks it about its own rows. */
import type { Device } from '../../engine/neural/devices/backend.ts';
import { openAnswers } from '../../engine/neural/open-answers.ts';
import { trainNetwork } from '../../engine/neural/train-network.ts';
import { drawnExamples, drawnWeights, smallNets } from './neural-nets.ts';
import { quietHooks } from './small-encoders.ts';

export interface SmallTraining {
  losses: number[];
  validation: number[];
  answer: number[];
}
export async function trainSmallNet(name: string, device: Device): Promise<SmallTraining> {
  const net = smallNets[name];
  if (net === undefined) throw new Error(`there is no small network ${name}`);
  const { network, rows, settings, classWeights } = net;
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
    quietHooks,
  );
  const { answer } = await openAnswers(network, trained.weights, device).of(train);
  return {
    losses: trained.history.map((epoch) => epoch.loss),
    validation: trained.history.map((epoch) => epoch.validationLoss ?? Number.NaN),
    answer: [...answer.values],
  };
}
