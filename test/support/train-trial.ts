/** What the fits of `methods/estimators/<form>/trials.ts` are given, and how a fitted one is asked: as a model is, by the engine. */
import { openOrtDevice } from '../../engine/neural/devices/ort-device.ts';
import { processorDevice } from '../../engine/neural/devices/processor.ts';
import { trainNetwork } from '../../engine/neural/train-network.ts';
import type { TrialServices } from '../../methods/estimators/trial.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { treeKernels } from './tree-kernels.ts';

export const trialServices: TrialServices = {
  kernels: treeKernels,
  train: async (network, train, seed) => {
    const settings = trainingSettings.parse({ epochs: 30, learningRate: 0.02, seed });
    const device = await openOrtDevice(processorDevice(1));
    const { weights } = await trainNetwork({ network, train, settings, job: 'trial' }, device, {
      state: () => 'run',
      rest: async () => undefined,
      onEpoch: () => undefined,
      onProgress: () => undefined,
      onPause: () => undefined,
      onStep: () => undefined,
      readCheckpoint: async () => undefined,
      writeCheckpoint: async () => undefined,
      now: () => performance.now(),
      checkpointMs: 1e9,
    });
    return weights;
  },
};
