import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesInMemory } from '../../../methods/gguf/bytes-in-memory.ts';
import { numberOf, textOf } from '../../../methods/gguf/gguf-file.ts';
import { readGguf } from '../../../methods/gguf/read-gguf.ts';
import { openTokenizer, vocabularyOf } from '../../../methods/tokenizer/tokenizer.ts';
import { openBench, type NodeBench } from '../../../test/support/node-bench.ts';
import { idleDecoders } from '../../../test/support/small-language-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());
let tables = 0;

async function train(select: string, params: Record<string, unknown>) {
  const decoders = idleDecoders(new Uint8Array());
  const rows = await bench.table(`rows${++tables}`, select);
  const small = { width: 32, heads: 2, layers: 1, context: 16, tokens: 300 };
  const made = await tryTask(spec, run, { ...small, ...params }, { tables: { rows }, decoders });
  const draft = made.llms['llm'];
  const [name = '', bytes = new Uint8Array()] = Object.entries(draft?.files ?? {})[0] ?? [];
  const file = await readGguf(bytesInMemory(bytes, name));
  return { made, draft, name, file, job: decoders.jobs[0]!, tokenizer: openTokenizer(vocabularyOf(file)) };
}

const texts = `SELECT 'The hen ran to the barn, and the other hen ran there too.' AS text UNION ALL SELECT NULL`;

describe('train.language-model', () => {
  it('learns texts whole, in pieces of the context that overlap by a token', async () => {
    const { job, tokenizer } = await train(texts, { text: 'text' });
    expect(job.learns).toEqual({ what: 'all' });
    expect(job.rows.every(({ ids }) => ids.length <= 16)).toBe(true);
    const whole = job.rows.flatMap(({ ids }, i) => (i === 0 ? ids : ids.slice(1)));
    expect(tokenizer.decode(whole)).toBe('<s>The hen ran to the barn, and the other hen ran there too.<s>');
    expect(job.rows[0]?.trained).toEqual(job.rows[0]?.ids.map((_, i) => i > 0));
  });
  it('writes a file that says what it is', async () => {
    const { file, name, draft } = await train(texts, { text: 'text', name: 'My hens' });
    expect([name, textOf(file, 'general.architecture'), numberOf(file, 'llama.context_length')]).toEqual([
      'My-hens.gguf',
      'llama',
      16,
    ]);
    expect(file.tensors.get('blk.0.ffn_gate.weight')?.shape).toEqual([96, 32]);
    expect(draft?.base).toMatchObject({ from: 'file', contextTokens: 16, files: [{ name, result: 'own' }] });
  });
  it('questions and answers become conversations, and the file carries their template', async () => {
    const { job, tokenizer, file } = await train("SELECT 'Hi' AS q, 'Ho' AS a", {
      examples: 'pair',
      question: 'q',
      answer: 'a',
      context: 64,
    });
    expect(job.rows.map(({ ids }) => tokenizer.decode(ids))).toEqual([
      '<s><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHo<|im_end|>\n',
    ]);
    expect(textOf(file, 'tokenizer.chat_template')).toContain('im_start');
  });
  it('says when there is no text, and when a width cannot be shared by the heads', async () => {
    await expect(train("SELECT '' AS text", { text: 'text' })).rejects.toMatchObject({ code: 'finetune.no-examples' });
    const params = spec.params.parse({ text: 'text', width: 100, heads: 4 });
    const codes = spec.check?.({ node: 'it', params, inputs: {}, wired: new Set() }).map(({ code }) => code);
    expect(codes).toContain('param.not-divisible');
  });
});
