import { append } from '../../../shared/append.ts';
import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { imageColumnField, imageColumnFindings } from '../../../shared/kind/image-columns.ts';

export const spec = defineSpec({
  kind: 'prepare.images',
  version: 1,
  computes: 1,
  title: 'Prepare images',
  about: 'Brings images to one size, one number of channels and one scale of shades; it goes into the model.',
  keywords: [
    'resize',
    'crop',
    'scale images',
    'greyscale',
    'grayscale',
    'normalize',
    'transforms',
    'Resize',
    'CenterCrop',
    'letterbox',
    'thumbnail',
    'image preprocessing',
    'image resize',
    'torchvision',
  ],
  icon: 'image-upscale',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Prepared images' } },
  params: z.strictObject({
    column: imageColumnField,
    crop: field.choice({
      title: 'Crop',
      help: 'Before anything else: keeps the middle of this size.',
      choices: { none: 'whole images', middle: 'the middle' },
      default: 'none',
    }),
    cropWidth: field.integer({
      title: 'Center crop width',
      help: 'A narrower image stays as wide as it is.',
      default: 256,
      min: 1,
      max: 16_384,
      unit: 'pixels',
      when: { param: 'crop', is: ['middle'] },
    }),
    cropHeight: field.integer({
      title: 'Center crop height',
      help: 'A lower image stays as high as it is.',
      default: 256,
      min: 1,
      max: 16_384,
      unit: 'pixels',
      when: { param: 'crop', is: ['middle'] },
    }),
    channels: field.choice({
      title: 'Channels',
      help: 'Grey weighs red, green and blue as the eye does (Rec. 601). Transparent parts get the background.',
      choices: { keep: 'as they are', grey: 'grey (one channel)', colour: 'colour (three channels)' },
      default: 'keep',
    }),
    fit: field.choice({
      title: 'Size',
      help: 'Cover fills the frame and cuts off what stands over. Contain shows all of the image and fills the rest with the background. Stretch changes the ratio of the sides.',
      choices: {
        keep: 'as it is',
        cover: 'cover the frame',
        contain: 'contain in the frame',
        stretch: 'stretch to the frame',
      },
      default: 'keep',
    }),
    width: field.integer({
      title: 'Width',
      help: 'Of the frame.',
      default: 64,
      min: 1,
      max: 4096,
      unit: 'pixels',
      when: { param: 'fit', is: ['cover', 'contain', 'stretch'] },
    }),
    height: field.integer({
      title: 'Height',
      help: 'Of the frame.',
      default: 64,
      min: 1,
      max: 4096,
      unit: 'pixels',
      when: { param: 'fit', is: ['cover', 'contain', 'stretch'] },
    }),
    background: field.number({
      title: 'Background',
      help: 'The shade beside contained images and behind transparent ones: 0 is black, 1 is white.',
      default: 0,
      min: 0,
      max: 1,
      step: 0.05,
      slider: true,
    }),
    normalise: field.choice({
      title: 'Normalization',
      help: 'A network learns quicker from numbers around 0. Training images: the mean becomes 0 and the deviation 1, for each channel, learnt from at most 2,000 training images. ImageNet: what most pretrained encoders were trained with.',
      choices: {
        none: 'from 0 to 1',
        training: 'mean and deviation of the training images',
        imagenet: 'mean and deviation of ImageNet',
        given: 'mean and deviation given here',
      },
      default: 'none',
    }),
    mean: field.text({
      title: 'Mean',
      help: 'One number, or one for each channel with commas between. Shades go from 0 to 1.',
      default: '0.5',
      when: { param: 'normalise', is: ['given'] },
    }),
    sd: field.text({
      title: 'Standard deviation',
      help: 'One number, or one for each channel with commas between; none may be 0.',
      default: '0.5',
      when: { param: 'normalise', is: ['given'] },
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: (p) => {
    const parts = [
      ...(p.crop === 'middle' ? [`crop to ${p.cropWidth} × ${p.cropHeight}`] : []),
      ...(p.channels === 'keep' ? [] : [p.channels === 'grey' ? 'grey' : 'in colour']),
      ...(p.fit === 'keep' ? [] : [`${p.fit} ${p.width} × ${p.height}`]),
      ...(p.normalise === 'none' ? [] : ['normalise']),
    ];
    return parts.length === 0 ? 'leave images as they are' : parts.join(', ');
  },
  check: ({ node, params: p, inputs }) => {
    const findings: Finding[] = imageColumnFindings(node, p.column, inputs['rows']);
    if (p.normalise === 'given')
      for (const [param, text] of [
        ['mean', p.mean],
        ['sd', p.sd],
      ] as const)
        append(findings, numbersFindings(param, text));
    if (p.crop === 'none' && p.channels === 'keep' && p.fit === 'keep' && p.normalise === 'none')
      findings.push({
        code: 'images.nothing-to-do',
        severity: 'warning',
        message: 'This leaves the images as they are.',
        mend: 'Choose a size, channels or shades, or remove the node.',
        param: 'fit',
      });
    return findings;
  },
});

function numbersFindings(param: 'mean' | 'sd', text: string): Finding[] {
  const numbers = channelNumbers(text);
  const isFine =
    numbers !== undefined && [1, 3].includes(numbers.length) && (param === 'mean' || numbers.every((n) => n > 0));
  return isFine
    ? []
    : [
        {
          code: 'images.channel-numbers',
          message: `${param === 'mean' ? 'The mean' : 'The deviation'} is "${text}"; one number or three are needed${param === 'sd' ? ', larger than 0' : ''}.`,
          mend: 'Write for example 0.5, or 0.49, 0.45, 0.41.',
          param,
        },
      ];
}

/** `0.49, 0.45, 0.41`; nothing where something in it is no number. */
export function channelNumbers(text: string): number[] | undefined {
  const numbers = text
    .split(/[,;\s]+/)
    .filter((part) => part !== '')
    .map(Number);
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
}
