/** A language model of some thousand random weights as bytes in memory, and an engine of decoders that trains nothing: for tests of the kinds that train. */
import { smallDecoder, smallDecoderSpecials, smallDecoderTemplate } from '../../methods/decoder/small-decoder.ts';
import { initialWeights } from '../../methods/decoder/initial-weights.ts';
import { learntCount } from '../../methods/decoder/learnt-parameters.ts';
import { writeDecoder } from '../../methods/decoder/write-decoder.ts';
import { bytesInMemory, gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { readGguf } from '../../methods/gguf/read-gguf.ts';
import { readWeightFacts } from '../../methods/language/weight-facts.ts';
import { decoderConfig } from '../../methods/decoder/decoder-config.ts';
import { trainTokenizer } from '../../methods/tokenizer/train-tokenizer.ts';
import { renderChat } from '../../methods/language/render-chat.ts';
import type { DecoderJob, DecoderService } from '../../shared/decoder.ts';
import { languageValue, type LanguageInput } from '../../shared/language/language-model.ts';

export interface SmallLanguageModel {
  input: LanguageInput;
  bytes: Uint8Array;
}

/** @param template null: a base model */
export async function smallLanguageModel(template: string | null = smallDecoderTemplate): Promise<SmallLanguageModel> {
  const vocabulary = trainTokenizer(['Who are you? I am small.'], {
    tokens: 280,
    specials: smallDecoderSpecials,
    begin: '<s>',
    end: '<|im_end|>',
  });
  const config = smallDecoder({ vocabulary: vocabulary.tokens.length, layers: 1, width: 32, heads: 2, context: 64 });
  const weights = initialWeights(config, 1);
  const bytes = await gatherPieces(
    writeDecoder({ config, vocabulary, weights, name: 'Small', template, precision: 'F32' }),
  );
  const file = { name: 'small.gguf', sha256: '0'.repeat(64), bytes: bytes.length };
  const facts = readWeightFacts(await readGguf(bytesInMemory(bytes)), file.name);
  const value = languageValue.parse({
    form: 1,
    name: 'Small',
    base: { from: 'file', files: [file], facts, contextTokens: 64, threads: null, gpuLayers: null },
  });
  const unused = (): never => {
    throw new Error('nobody asks it');
  };
  return {
    bytes,
    input: {
      key: 'small',
      value,
      place: async () => '/small.gguf',
      open: unused,
      render: async (written, jobs) => jobs.map(({ messages, options }) => renderChat(written, messages, options)),
      answers: { get: unused, put: unused },
    },
  };
}

export interface IdleDecoders extends DecoderService {
  jobs: DecoderJob[];
}

/** Takes every job, changes nothing and says that it did. */
export function idleDecoders(bytes: Uint8Array): IdleDecoders {
  const jobs: DecoderJob[] = [];
  return {
    jobs,
    file: async () => bytesInMemory(bytes, 'small.gguf'),
    train: async (job) => {
      jobs.push(job);
      const config =
        job.model.from === 'scratch' ? job.model.config : decoderConfig(await readGguf(bytesInMemory(bytes)));
      const step = { step: 1, epoch: 1, loss: 2, rate: 0.1, norm: 1, seconds: 1, tokensPerSecond: 5 };
      const measures = job.measured.flatMap(({ name }) => [
        { name, step: 0, loss: 2, targets: 3 },
        { name, step: 1, loss: 1, targets: 3 },
      ]);
      job.onStep?.(step, 1);
      for (const measure of measures) job.onMeasure?.(measure);
      return {
        parameters: new Float32Array(learntCount(config, job.learns)),
        steps: [step],
        measures,
        samples: job.prompts.map(({ name, ids }) => ({ name, step: 1, ids: ids.slice(0, 2) })),
        check: null,
        quote: null,
        ended: 'epochs',
        device: { backend: 'none', provider: 'cpu', name: 'nothing', reason: 'a test' },
        seconds: 1,
      };
    },
  };
}
