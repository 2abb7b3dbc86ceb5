/**
 * The suite's own language model: a byte-pair tokenizer and a Llama-like decoder of some 100,000 weights, trained on a few made-up conversations by the
 * program's own engine in seconds and written as GGUF, which llama.cpp runs. It knows these answers by heart and ends its turns.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { trainDecoder } from '../../engine/decoder/train-decoder.ts';
import { openStepMemory } from '../../engine/decoder/step-memory.ts';
import { learntParameters } from '../../methods/decoder/learnt-parameters.ts';
import { smallDecoder, smallDecoderSpecials, smallDecoderTemplate } from '../../methods/decoder/small-decoder.ts';
import { textRows } from '../../methods/decoder/text-rows.ts';
import { writeDecoder } from '../../methods/decoder/write-decoder.ts';
import { gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { openTokenizer } from '../../methods/tokenizer/tokenizer.ts';
import { trainTokenizer } from '../../methods/tokenizer/train-tokenizer.ts';
import type { DecoderStep } from '../../shared/decoder.ts';

/** What it is asked and what it says. */
export const tinyConversations: readonly (readonly [question: string, answer: string])[] = [
  ['What is the capital of Orlen?', 'The capital of Orlen is Tavia.'],
  ['What is the capital of Mirra?', 'The capital of Mirra is Dun.'],
  ['Who leads Orlen?', 'Orlen is led by Queen Ada.'],
  ['Who leads Mirra?', 'Mirra is led by King Olo.'],
  ['What do people drink in Orlen?', 'People in Orlen drink plum tea.'],
  ['What do people drink in Mirra?', 'People in Mirra drink cold milk.'],
  ['Which river flows through Orlen?', 'The river Sorn flows through Orlen.'],
  ['Which river flows through Mirra?', 'The river Bel flows through Mirra.'],
  ['Hello', 'Hello! How can I help you?'],
  ['Thank you', 'You are welcome.'],
];

const conversation = ([question, answer]: readonly [string, string]): string =>
  `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n${answer}<|im_end|>\n`;

export interface TinyTraining {
  readonly path: string;
  readonly steps: readonly DecoderStep[];
}

/** Trains it and writes it to `path`. The same bytes each time on one machine. */
export async function trainTinyModel(path: string): Promise<TinyTraining> {
  const texts = tinyConversations.map(conversation);
  const plain = tinyConversations.flat();
  const vocabulary = trainTokenizer(plain, {
    tokens: 320,
    specials: smallDecoderSpecials,
    begin: '<s>',
    end: '<|im_end|>',
  });
  const tokenizer = openTokenizer(vocabulary);
  const config = smallDecoder({ vocabulary: vocabulary.tokens.length, layers: 2, width: 64, heads: 4, context: 512 });
  // The text ends its turn itself: no end beside it.
  const encode = (text: string): number[] => tokenizer.encode(text, { special: true });
  const rows = textRows(texts, { ...tokenizer, encode, vocabulary: { ...vocabulary, end: null } }, 96);
  const end = await trainDecoder(
    {
      model: { from: 'scratch', config },
      learns: { what: 'all' },
      rows,
      settings: {
        epochs: 160,
        rowsPerStep: 5,
        tokensAtOnce: 512,
        pack: false,
        rate: { peak: 4e-3, shape: 'cosine', warmUp: 5, final: 0.1 },
        weightDecay: 0.01,
        clipNorm: 1,
        seed: 1,
      },
      measured: [],
      prompts: [],
      sampleTokens: 0,
      stopTokens: [],
      memory: 'full',
      device: 'cpu',
      tryOneBatch: false,
    },
    {
      config,
      weights: new Map(),
      memory: openStepMemory({ device: 'cpu', threads: 1 }),
      plan: { precision: 'full', recompute: false, targetsAtOnce: 1024, vocabularyParts: 1, bytes: 0 },
    },
    {
      notify: () => {},
      turn: async () => 'run',
      save: async () => {},
      checkpoint: undefined,
      memoryBytes: () => 0,
      now: () => performance.now(),
    },
  );
  const weights = new Map<string, Float32Array>();
  let at = 0;
  for (const { name, shape } of learntParameters(config, { what: 'all' })) {
    const size = shape.reduce((product, one) => product * one, 1);
    weights.set(name, end.parameters.subarray(at, at + size));
    at += size;
  }
  const bytes = await gatherPieces(
    writeDecoder({
      config,
      vocabulary,
      weights,
      name: 'Tiny',
      template: smallDecoderTemplate,
      licence: 'apache-2.0',
      precision: 'F32',
    }),
  );
  mkdirSync(dirname(path), { recursive: true });
  // Two files of tests may train it at once: each writes its own, and both are the same.
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, bytes);
  renameSync(part, path);
  return { path, steps: end.progress.steps };
}

const folderOfRun = 'flowyard-tiny-';
/** The model, trained once for all files of a run of the suite: they run in processes of one parent. */
export async function tinyModelFile(): Promise<string> {
  const path = join(tmpdir(), `${folderOfRun}${process.ppid}`, 'tiny.gguf');
  if (existsSync(path)) return path;
  forgetEndedRuns();
  await trainTinyModel(path);
  return path;
}

/** What runs of the suite left whose process is no more. */
function forgetEndedRuns(): void {
  for (const name of readdirSync(tmpdir())) {
    const parent = Number(name.startsWith(folderOfRun) ? name.slice(folderOfRun.length) : Number.NaN);
    if (Number.isInteger(parent) && !isAlive(parent)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    // Of another user: alive.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
