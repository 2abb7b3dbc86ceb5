import type { DecoderConfig, FilePieces } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import type { LanguageValue } from '../../shared/language/language-model.ts';
import { decoderConfig } from '../decoder/decoder-config.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { openTokenizer, vocabularyOf } from '../tokenizer/tokenizer.ts';
import { baseTemplate, type ChatFormat } from './chat-format.ts';

export interface TuningBase {
  readonly config: DecoderConfig;
  readonly format: ChatFormat;
  /** The model has no chat template of its own: this one is learnt with the answers, and goes with the adapter. */
  readonly givenTemplate: boolean;
}

/** What can be tuned: weights of this machine, as they are. @throws `finetune.endpoint`, `finetune.has-adapter` */
export function tunableBase(value: LanguageValue): Extract<LanguageValue['base'], { from: 'file' }> {
  if (value.base.from === 'endpoint')
    throw fail('finetune.endpoint', {
      message: 'A model behind an endpoint cannot be tuned here: its weights are elsewhere.',
      mend: 'Use a model file of this machine.',
      port: 'llm',
    });
  if (value.adapters.length > 0)
    throw fail('finetune.has-adapter', {
      message: `The model has the adapter “${value.adapters[0]?.name ?? ''}” already, and an adapter learns beside the bare weights.`,
      mend: 'Take the base model, and train on the examples of both together.',
      port: 'llm',
    });
  return value.base;
}

/** Reads the heads of the model's files. @throws `decoder.unknown-family`, `decoder.unsupported`, `tokenizer.unknown`, `gguf.*` */
export async function openTuningBase(value: LanguageValue, files: readonly FilePieces[]): Promise<TuningBase> {
  const base = tunableBase(value);
  const heads = await Promise.all(files.map((file) => readGguf(file)));
  const [first] = heads;
  if (!first) throw new Error('a model without files');
  const tensors = new Map(heads.flatMap((head) => [...head.tensors]));
  const config = decoderConfig({ ...first, tensors });
  const own = value.template ?? base.facts.template;
  return {
    config,
    givenTemplate: own === null,
    format: {
      tokenizer: openTokenizer(vocabularyOf(first)),
      template: own ?? baseTemplate(config.family),
      bos: base.facts.bos,
      eos: base.facts.eos,
    },
  };
}
