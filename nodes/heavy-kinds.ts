/** Made by `npm run docs` from what the kinds declare: those that one run at a time may compute. */
export const heavyKinds: ReadonlySet<string> = new Set([
  'language.model',
  'train.autoencoder',
  'train.embedding-head',
  'train.encoder',
  'train.image-network',
  'train.language-model',
  'train.lora',
  'train.neural-network',
  'train.sequence-network',
]);
