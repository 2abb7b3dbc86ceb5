/** The parameters of kinds that read texts by an encoder of the person's. */
import type { Finding } from './define-spec.ts';
import { field } from './fields.ts';

type Shown = { when?: { param: string; is: readonly (string | number | boolean)[] }; section?: string };

/** @param shown when the fields are shown, and in which fold */
export const encoderFields = (shown: Shown = {}) => ({
  encoder: field.folder({
    title: 'Encoder',
    help: 'A folder with tokenizer.json and an ONNX file, as sentence encoders are published, relative to the pipeline. Nothing is fetched.',
    placeholder: 'models/encoder',
    ...shown,
  }),
  network: field.text({
    title: 'Network',
    help: 'Of several ONNX files in the folder the one to take, by its path within it. Empty: the only one, or model.onnx.',
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
          mend: 'Choose a folder with tokenizer.json and an ONNX file.',
          param: 'encoder',
        },
      ]
    : [];
