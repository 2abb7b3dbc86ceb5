/** Configuration and tokenizer of an encoder, as a model keeps them. */
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import type { EncoderTexts } from '../../shared/media/text-service.ts';

const object = z.record(z.string(), z.unknown());
const texts = z.object({ config: object, tokenizer: object, tokenizerConfig: object });

/** @throws `estimator.unreadable` */
export function readEncoderTexts(bytes: Uint8Array): EncoderTexts {
  try {
    return texts.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw fail(
      'estimator.unreadable',
      {
        message: 'What the model has learnt cannot be read: its tokenizer is damaged.',
        mend: 'Train the model again.',
      },
      { cause },
    );
  }
}
