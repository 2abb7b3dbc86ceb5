/** What the examples of some kinds ask a person to bring: small ones of our own, at the names that the examples have. */
import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { graphBuilder } from '../../methods/onnx/graph-builder.ts';
import { repositoryRoot } from './node-folders.ts';
import { writeTinyBert, writeTinyCrossEncoder, writeTinyEncoder } from './tiny-encoder.ts';
import { tinyModelFile } from './trained-tiny-model.ts';

type Bring = (folder: string) => Promise<void>;

/** A frozen encoder of images: mean and greatest shade of each quarter of 32 × 32. */
function quarters(): Uint8Array {
  const g = graphBuilder('quarters');
  const x = g.input('pixels', 'float', ['n', 3, 32, 32]);
  const pool = { kernel_shape: [16, 16], strides: [16, 16] };
  const both = g.apply('Concat', [g.apply('AveragePool', [x], pool), g.apply('MaxPool', [x], pool)], { axis: 1 });
  g.output('flat', g.apply('Flatten', [both], { axis: 1 }), 'float', ['n', 24]);
  return g.toBytes();
}
const images: Bring = (folder) => writeFile(join(folder, 'encoder.onnx'), quarters());
/** The same speech twice, under two labels. */
const recordings: Bring = async (folder) => {
  for (const label of ['counting', 'talking']) {
    const place = join(folder, 'data', 'recordings', label);
    await mkdir(place, { recursive: true });
    for (const take of ['1', '2'])
      await copyFile(join(repositoryRoot, 'methods/audio/fixtures/speech.wav'), join(place, `${take}.wav`));
  }
};
const csv =
  (name: string, ...lines: string[]): Bring =>
  async (folder) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  };
const languageModel =
  (name = 'gemma-3-270m-it-Q8_0.gguf'): Bring =>
  async (folder) => {
    await mkdir(join(folder, 'models'), { recursive: true });
    await copyFile(await tinyModelFile(), join(folder, 'models', name));
  };
/** Red for two seconds, then blue; and the other way round. */
const videos: Bring = async (folder) => {
  const colour = (name: string): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=64x48:rate=10:duration=2`];
  for (const [first, second] of [
    ['red', 'blue'],
    ['blue', 'red'],
  ] as const) {
    const place = join(folder, 'data', 'videos', first);
    await mkdir(place, { recursive: true });
    const both = [...colour(first), ...colour(second), '-filter_complex', 'concat=n=2'];
    execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...both, join(place, 'turn.mkv')]);
  }
};
const reviews = csv('data/reviews.csv', 'id,review', '1,I loved it', '2,Dull and long', '3,I loved it');
const questions = csv(
  'data/questions.csv',
  'question,context,sources,a,b,c,answer',
  'Who leads Orlen?,Orlen is led by Queen Ada.,1,Queen Ada,King Olo,Nobody,Queen Ada',
  'Who leads Mirra?,Mirra is led by King Olo.,2,Queen Ada,King Olo,Nobody,King Olo',
);
const support = csv(
  'data/support.csv',
  'pair,question,answer',
  ...Array.from({ length: 12 }, (_, i) => `${i},What is ${i}?,It is number ${i}.`),
);

/** By kind; all others bring what they need. */
export const exampleFiles: Readonly<Record<string, readonly Bring[]>> = {
  'language.rerank': [(folder) => writeTinyCrossEncoder(join(folder, 'reranker'))],
  'prepare.audio-features': [recordings],
  'prepare.embed-images': [images],
  'prepare.embed-text': [(folder) => writeTinyEncoder(join(folder, 'encoder'))],
  'prepare.transcribe': [
    recordings,
    (folder) =>
      cp(join(repositoryRoot, 'engine/audio/fixtures/whisper'), join(folder, 'models/whisper-tiny'), {
        recursive: true,
      }),
  ],
  'prepare.voice-activity': [recordings],
  'read.audio': [recordings],
  'train.embedding-head': [images],
  'train.encoder': [(folder) => writeTinyBert(join(folder, 'encoder'))],
  'write.encoder': [
    (folder) => writeTinyBert(join(folder, 'encoder')),
    csv(
      'pairs.csv',
      'question,answer,together',
      ...['the cat', 'a horse', 'soup', 'bread', 'a loan', 'the bank', 'rain', 'the snow'].map(
        (text, i) => `${text},the ${['dog', 'puppy', 'food', 'apple', 'money', 'price', 'storm', 'cloud'][i] ?? ''},1`,
      ),
    ),
  ],
  'deploy.language': [languageModel()],
  'evaluate.judge': [
    languageModel(),
    csv('data/answers.csv', 'question,answer,human', 'Who leads Orlen?,Queen Ada,pass', 'Who leads Mirra?,Nobody,fail'),
  ],
  'language.answer': [languageModel(), questions],
  'language.choices': [languageModel(), questions],
  'language.documents': [languageModel()],
  'language.generate': [languageModel(), reviews],
  'language.model': [languageModel(), reviews],
  'language.score': [languageModel(), reviews],
  'train.language-model': [support],
  'train.lora': [languageModel('gemma-3-270m-Q4_K_M.gguf'), support],
  'language.endpoint': [reviews],
  'read.video': [videos],
};

/** Each loads or trains a language model: `models-examples.slow.test.ts`. */
export const languageExamples: readonly string[] = [
  'deploy.language',
  'evaluate.judge',
  'language.answer',
  'language.choices',
  'language.documents',
  'language.endpoint',
  'language.generate',
  'language.model',
  'language.score',
  'train.language-model',
  'train.lora',
];
/** One wants ffmpeg, the other reads scans for seconds: `media-examples.slow.test.ts`. */
export const mediaExamples: readonly string[] = ['prepare.ocr', 'read.video'];
