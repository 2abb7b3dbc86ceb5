/** The files of an encoder's folder, as sentence-transformers and Hugging Face lay them out. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
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
  if (folder.files.some((file) => file.packed !== undefined))
    throw unfit('The encoder is in an archive.', 'Unpack it into a folder.');
  const tokenizerFile = find(folder, 'tokenizer.json');
  if (tokenizerFile === undefined)
    throw unfit(`There is no tokenizer.json in "${folder.name}".`, 'Choose the folder that the encoder came in.');
  const network = networkOf(folder, wanted, takes);
  const read = async (name: string): Promise<unknown> => {
    const file = find(folder, name);
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

/** The shallowest of this name: `1_Pooling` has a config.json of its own. */
const find = (folder: SourceFolder, name: string): SourceFolderFile | undefined =>
  folder.files
    .filter((file) => file.path === name || file.path.endsWith(`/${name}`))
    .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length)[0];

export const isOnnx = (path: string): boolean => path.toLowerCase().endsWith('.onnx');
const isWeights = (path: string): boolean => path.toLowerCase().endsWith('.safetensors');

function networkOf(folder: SourceFolder, wanted: string, takes: 'any' | 'weights'): SourceFolderFile {
  const onnx = takes === 'any' ? folder.files.filter((file) => isOnnx(file.path)) : [];
  const weights = folder.files.filter((file) => isWeights(file.path));
  const all = [...onnx, ...weights];
  if (all.length === 0)
    throw takes === 'any'
      ? unfit(
          `There is no ONNX and no safetensors file in "${folder.name}".`,
          'Choose a folder with an encoder in one of these forms.',
        )
      : unfit(
          `There is no safetensors file in "${folder.name}".`,
          'An encoder is trained from its weights: choose a folder with model.safetensors, as encoders are published.',
        );
  // An ONNX file goes first: its numbers are those that earlier results were made with.
  const first = onnx.length > 0 ? onnx : weights;
  const chosen =
    wanted === ''
      ? first.length === 1
        ? first[0]
        : first.find((file) => /(^|\/)model\.(onnx|safetensors)$/.test(file.path))
      : all.find((file) => file.path === wanted);
  if (chosen === undefined)
    throw unfit(
      wanted === ''
        ? `There are several networks in "${folder.name}".`
        : `There is no "${wanted}" in "${folder.name}".`,
      `Name one of ${all.map((file) => file.path).join(', ')}.`,
    );
  return chosen;
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
const unfit = (message: string, mend: string) => fail('encoder.unfit', { message, mend, param: 'encoder' });
