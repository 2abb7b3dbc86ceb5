/** The parameters of kinds that read texts by an encoder of the person's. */
import type { Finding } from '../define-spec.ts';
import { field } from './fields.ts';

type Shown = { when?: { param: string; is: readonly (string | number | boolean)[] }; section?: string };

/** @param shown when the fields are shown, and in which fold */
export const encoderFields = (shown: Shown = {}) => ({
  encoder: field.folder({
    title: 'Encoder',
    help: 'A folder with tokenizer.json and an ONNX file, or config.json and a safetensors file, as sentence encoders are published, relative to the pipeline. Nothing is fetched.',
    placeholder: 'models/encoder',
    ...shown,
  }),
  network: field.text({
    title: 'Network',
    help: 'Of several networks in the folder the one to take, by its path within it. Empty: the only ONNX file, or model.onnx, else the safetensors file.',
    placeholder: 'onnx/model.onnx',
    ...shown,
  }),
});

export const encoderFindings = ({ encoder }: { encoder: string }): Finding[] =>
  encoder === ''
    ? [
        {
          code: 'param.empty',
          message: 'No encoder is chosen yet.',
          mend: 'Choose a folder with tokenizer.json and an ONNX or safetensors file.',
          param: 'encoder',
        },
      ]
    : [];

/** The same for kinds that train the encoder, which take its weights. */
export const weightsFields = {
  encoder: field.folder({
    title: 'Encoder',
    help: 'A folder with config.json, tokenizer.json and model.safetensors, as encoders are published, relative to the pipeline. What is learnt becomes part of the model; nothing is fetched.',
    placeholder: 'models/encoder',
  }),
  network: field.text({
    title: 'Weights',
    help: 'Of several safetensors files in the folder the one to take, by its path within it. Empty: the only one, or model.safetensors.',
    placeholder: 'model.safetensors',
    section: 'Encoder',
  }),
};

export const weightsFindings = ({ encoder }: { encoder: string }): Finding[] =>
  encoder === ''
    ? [
        {
          code: 'param.empty',
          message: 'No encoder is chosen yet.',
          mend: 'Choose a folder with config.json, tokenizer.json and model.safetensors.',
          param: 'encoder',
        },
      ]
    : [];
