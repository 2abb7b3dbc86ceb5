/** The files of an encoder's folder, as sentence-transformers and Hugging Face lay them out. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { encoderParts } from '../../methods/encoder/encoder-folder.ts';
import { smallest } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import type { SourceFolder, SourceFolderFile } from '../../shared/source/source-folder.ts';

export interface EncoderFiles {
  network: SourceFolderFile;
  /** What `config.json` says. */
  config: object;
  tokenizer: object;
  tokenizerConfig: object;
  /** Tokens that the network takes. */
  longest: number;
  pooling: 'mean' | 'first';
  hash: string;
}

const lengths = z.object({
  max_position_embeddings: z.number().optional(),
  model_max_length: z.number().optional(),
  max_seq_length: z.number().optional(),
});
const poolingForm = z.object({ pooling_mode_cls_token: z.boolean().optional() });

/** @param takes any network, or weights alone, which can be trained */
export async function readEncoderFiles(
  folder: SourceFolder,
  wanted: string,
  takes: 'any' | 'weights' = 'any',
): Promise<EncoderFiles> {
  const { network, tokenizer: tokenizerFile, forms } = encoderParts(folder, wanted, takes);
  const read = async (name: Parameters<typeof forms.get>[0]): Promise<unknown> => {
    const file = forms.get(name);
    return file === undefined ? {} : parse(await readFile(file.place, 'utf8'), file.path);
  };
  const config = await read('config.json');
  const tokenizerConfig = await read('tokenizer_config.json');
  const sentence = lengths.parse(await read('sentence_bert_config.json'));
  const limits = [
    lengths.parse(config).max_position_embeddings,
    lengths.parse(tokenizerConfig).model_max_length,
    sentence.max_seq_length,
  ];
  const pooling =
    poolingForm.parse(await read('1_Pooling/config.json')).pooling_mode_cls_token === true ? 'first' : 'mean';
  return {
    network,
    config: asObject(config),
    tokenizer: asObject(parse(await readFile(tokenizerFile.place, 'utf8'), tokenizerFile.path)),
    tokenizerConfig: asObject(tokenizerConfig),
    longest: smallest([512, ...limits.filter((limit) => limit !== undefined && limit > 0).map(Number)]),
    pooling,
    // Files beside it (a README, a training log) do not make another encoder.
    hash: createHash('sha256').update(`${network.sha256} ${tokenizerFile.sha256}`).digest('hex'),
  };
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail(
      'encoder.unfit',
      { message: `"${path}" is not JSON.`, mend: 'Take the encoder’s folder as it came.', param: 'encoder' },
      { cause },
    );
  }
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
