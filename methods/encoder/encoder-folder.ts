/** Which files of an encoder's folder are read, as sentence-transformers and Hugging Face lay them out. Files beside them (a README, other networks) do not matter. */
import { fail } from '../../shared/errors.ts';
import type { SourceFolder, SourceFolderFile } from '../../shared/source/source-folder.ts';

const formNames = [
  'config.json',
  'tokenizer_config.json',
  'sentence_bert_config.json',
  '1_Pooling/config.json',
] as const;
export interface EncoderParts {
  network: SourceFolderFile;
  tokenizer: SourceFolderFile;
  /** Of those that are there. */
  forms: ReadonlyMap<(typeof formNames)[number], SourceFolderFile>;
}

/**
 * @param takes any network, or weights alone, which can be trained
 * @throws `encoder.unfit`
 */
export function encoderParts(
  folder: Pick<SourceFolder, 'name' | 'files'>,
  wanted: string,
  takes: 'any' | 'weights' = 'any',
): EncoderParts {
  if (folder.files.some((file) => file.packed !== undefined))
    throw unfit('The encoder is in an archive.', 'Unpack it into a folder.');
  const tokenizer = find(folder, 'tokenizer.json');
  if (tokenizer === undefined)
    throw unfit(`There is no tokenizer.json in "${folder.name}".`, 'Choose the folder that the encoder came in.');
  const network = networkOf(folder, wanted, takes);
  const forms = formNames.flatMap((name) => {
    const file = find(folder, name);
    return file === undefined ? [] : [[name, file] as const];
  });
  return { network, tokenizer, forms: new Map(forms) };
}

/** Each file once. */
export function encoderPartFiles(parts: EncoderParts): SourceFolderFile[] {
  return [...new Set([parts.network, parts.tokenizer, ...parts.forms.values()])];
}

/** The shallowest of this name: `1_Pooling` has a config.json of its own. */
const find = (folder: Pick<SourceFolder, 'files'>, name: string): SourceFolderFile | undefined =>
  folder.files
    .filter((file) => file.path === name || file.path.endsWith(`/${name}`))
    .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length)[0];

export const isOnnx = (path: string): boolean => path.toLowerCase().endsWith('.onnx');
const isWeights = (path: string): boolean => path.toLowerCase().endsWith('.safetensors');

function networkOf(
  folder: Pick<SourceFolder, 'name' | 'files'>,
  wanted: string,
  takes: 'any' | 'weights',
): SourceFolderFile {
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

const unfit = (message: string, mend: string) => fail('encoder.unfit', { message, mend, param: 'encoder' });
