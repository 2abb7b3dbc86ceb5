/** Why a training failed, in words that name the layer and the mend. */
import { fail, FlowyardError } from '../../shared/errors.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';

/** Which layer a message of onnxruntime speaks of: nodes are called `3 conv2d/Conv_17`. */
function layerIn(message: string): string | undefined {
  const found = /Name:'([^'/]*)\/[^']*'/.exec(message)?.[1];
  const numbered = /^(\d+) (.+)$/.exec(found ?? '');
  if (numbered !== null) return `layer ${numbered[1]} (${numbered[2]})`;
  return found === undefined || found === ''
    ? undefined
    : ({ head: 'the last layer', input: 'the input' }[found] ?? `the ${found}`);
}

const memoryWords = /bad[ _]alloc|out of memory|failed to allocate|allocation failed|not enough memory|OutOfMemory/i;
const lostWords = /device (is |was )?lost|DXGI_ERROR_DEVICE|device removed|CUDA error|validation error.*destroyed/i;

/** What a backend threw, as a problem. */
export function explainBackend(thrown: unknown, settings: Pick<TrainingSettings, 'batchSize'>, where: string): Error {
  if (thrown instanceof FlowyardError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const layer = layerIn(message);
  const at = layer === undefined ? '' : ` at ${layer}`;
  const facts = { says: message.slice(0, 500), ...(layer === undefined ? {} : { layer }) };
  if (memoryWords.test(message))
    return fail(
      'neural.no-memory',
      {
        message: `The memory of ${where} is too small for this network${at}.`,
        mend: `Make the batch smaller (now ${settings.batchSize}), or the layers.`,
        facts,
      },
      { cause: thrown },
    );
  if (lostWords.test(message))
    return fail(
      'neural.device-lost',
      {
        message: `${where} stopped answering${at}.`,
        mend: 'Run again: training goes on from its last checkpoint. If it happens again, choose the processor as the device.',
        facts,
      },
      { cause: thrown },
    );
  return fail(
    'neural.failed',
    {
      message: `The network could not be computed${at}: ${message.split('\n')[0] ?? message}`,
      mend: 'Please report it with the log.',
      facts,
    },
    { cause: thrown },
  );
}

/** What was seen just before the loss stopped being a number. */
export interface Divergence {
  epoch: number;
  step: number;
  /** Index of the layer whose numbers were the largest, and these; null where it was not found. */
  layer: number | null;
  largest: number;
}
export function explainDivergence(network: Network, settings: TrainingSettings, seen: Divergence): FlowyardError {
  const { epoch, step, layer, largest } = seen;
  const name = layer === null ? 'the last layer' : `layer ${layer + 1} (${network.layers[layer]?.layer ?? ''})`;
  const grown = Number.isFinite(largest)
    ? `its numbers had grown to ${largest.toPrecision(2)}`
    : 'its numbers were no longer finite';
  const clip = settings.clipNorm === null ? ', clip the gradients' : '';
  return fail('neural.diverged', {
    message: `The loss stopped being a number in epoch ${epoch}, step ${step}. It began at ${name}: ${grown}.`,
    mend: `Choose a smaller learning rate (now ${settings.learningRate})${clip}, or bring the inputs to a common scale.`,
    facts: { epoch, step, layer, largest: Number.isFinite(largest) ? largest : null },
  });
}
