import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer, vocabularyOf } from '../../../methods/tokenizer/tokenizer.ts';
import { bytesInMemory } from '../../../methods/gguf/bytes-in-memory.ts';
import { readGguf } from '../../../methods/gguf/read-gguf.ts';
import type { TokenRow } from '../../../shared/decoder.ts';
import { openBench, type NodeBench } from '../../../test/support/node-bench.ts';
import { idleDecoders, smallLanguageModel } from '../../../test/support/small-language-model.ts';
import { spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());
let tables = 0;

const pairs = "SELECT * FROM (VALUES ('Who are you?', 'I am small.'), ('', 'nothing'), ('Again?', NULL)) t(q, a)";
const pairParams = { question: 'q', answer: 'a' };

async function tune(select: string, params: Record<string, unknown>, template?: string | null) {
  const model = await smallLanguageModel(template);
  const decoders = idleDecoders(model.bytes);
  const rows = await bench.table(`rows${++tables}`, select);
  const made = await tryTask(spec, run, params, { tables: { rows }, llms: { llm: model.input }, decoders });
  const tokenizer = openTokenizer(vocabularyOf(await readGguf(bytesInMemory(model.bytes))));
  const marked = ({ ids, trained }: TokenRow): [string, string] => [
    tokenizer.decode(ids.filter((_, i) => trained[i] !== true)),
    tokenizer.decode(ids.filter((_, i) => trained[i] === true)),
  ];
  return { made, job: decoders.jobs[0]!, marked };
}

describe('train.lora', () => {
  it('learns the answer and the end of its turn, nothing of what is asked', async () => {
    const { job, marked, made } = await tune(pairs, pairParams);
    expect(job.rows.map(marked)).toEqual([
      ['<s><|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n\n', 'I am small.<|im_end|>'],
    ]);
    expect(job.learns).toEqual({
      what: 'adapter',
      rank: 8,
      alpha: 16,
      modules: ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'],
    });
    expect(made.reports['report']?.blocks.map((b) => b.type)).toContain('tokens');
  });
  it('learns each turn of a conversation, or all tokens when it is told so', async () => {
    const messages = JSON.stringify([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: '<|im_end|>' },
      { role: 'assistant', content: 'c' },
    ]);
    const select = `SELECT '${messages}' AS chat`;
    const params = { examples: 'conversation', conversation: 'chat' };
    const turns = await tune(select, params);
    expect(turns.job.rows.map((row) => turns.marked(row)[1])).toEqual(['b<|im_end|>c<|im_end|>']);
    const all = await tune(select, { ...params, learn: 'all' });
    expect(all.job.rows[0]?.trained).toEqual(all.job.rows[0]?.ids.map((_, i) => i > 0));
  });
  it.each([
    [
      'OpenAI’s messages',
      `[{'role': 'system', 'content': NULL, 'tool_calls': NULL}, {'role': 'user', 'content': 'a', 'tool_calls': NULL}, {'role': 'assistant', 'content': 'b', 'tool_calls': NULL}]`,
    ],
    ['ShareGPT’s turns', `[{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}]`],
    [
      'parts of texts, and keys of all sorts',
      `[{'role': 'user', 'content': [{'type': 'text', 'text': 'a'}], 'weight': 1}, {'role': 'assistant', 'content': [{'type': 'text', 'text': 'b'}], 'weight': 1}]`,
    ],
    [
      'a file’s line in a cell',
      `'{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}'`,
    ],
  ])('reads conversations as %s', async (_, cell) => {
    const params = { examples: 'conversation', conversation: 'chat' };
    const { job, marked } = await tune(`SELECT ${cell} AS chat`, params);
    const [asked, learnt] = marked(job.rows[0]!);
    expect([asked.includes('user\na'), learnt]).toEqual([true, 'b<|im_end|>']);
  });
  it('learns no answer that is empty or has the weight 0, and leaves out a conversation without another', async () => {
    const user = { role: 'user', content: 'a' };
    const say = (content: string, more = {}) => ({ role: 'assistant', content, ...more });
    const chats = [
      [user, say('bad', { weight: 0 }), user, say('good')],
      [user, say(''), user, say('yes'), user, say('no', { weight: 0 })],
      [user, say(' ')],
      [user],
    ];
    const select = chats.map((chat, i) => `SELECT ${i} AS i, '${JSON.stringify(chat)}' AS chat`).join(' UNION ALL ');
    const { made, job, marked } = await tune(`${select} ORDER BY i`, {
      examples: 'conversation',
      conversation: 'chat',
    });
    expect(job.rows.map((row) => marked(row)[1])).toEqual(['good<|im_end|>', 'yes<|im_end|>']);
    expect(made.logs.join(' ')).toMatch(/2 rows have no question or no answer.*3 answers within conversations/);
  });
  it('names the row that cannot be learnt from', async () => {
    const template = "{{ raise_exception('take turns') }}";
    await expect(tune(pairs, pairParams, template)).rejects.toThrow(/^Row 1 \(“Who are you\?”\): .*take turns/);
    await expect(tune(pairs, { ...pairParams, maxLength: 16 })).rejects.toThrow(': row 1 (“Who are you?”).');
  });
  it.each([
    ['tools', { tool_calls: [{ id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }] }],
    ['tools with an object', { tool_calls: [{ function: { name: 'add', arguments: { a: 1, b: null } } }] }],
    ['functions', { function_call: { name: 'add', arguments: '{"a":1}' } }],
  ])('learns a call of %s as it is read again, where the template knows none', async (_, called) => {
    const chat = JSON.stringify([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, ...called },
    ]);
    const { job, marked } = await tune(`SELECT '${chat}' AS chat`, { examples: 'conversation', conversation: 'chat' });
    expect(marked(job.rows[0]!)[1]).toBe('<tool_call>{"name": "add", "arguments": {"a":1}}</tool_call><|im_end|>');
  });
  it('reads those of a Split’s training rows alone', async () => {
    const select = `SELECT i AS "__row", CASE WHEN i = 1 THEN 'test' ELSE 'train' END AS "__partition", [{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'a' || i}] AS chat FROM range(3) r(i) ORDER BY i DESC`;
    const { job, marked } = await tune(select, { examples: 'conversation', conversation: 'chat' });
    expect(job.rows.map((row) => marked(row)[1])).toEqual(['a0<|im_end|>', 'a2<|im_end|>']);
    expect(job.measured.map(({ rows }) => rows.map((row) => marked(row)[1]))).toEqual([['a1<|im_end|>']]);
  });
  it.each([
    [`[{'role': 'alien', 'content': 'a'}]`, 'nobody knows the role “alien”'],
    [`'[{"role": "user", "content": [{"type": "image_url"}]}]'`, 'parts that are no text'],
    [`'Hello'`, 'no conversation: “Hello”'],
  ])('says what is no conversation in %s', async (cell, words) => {
    const params = { examples: 'conversation', conversation: 'chat' };
    await expect(tune(`SELECT ${cell} AS chat`, params)).rejects.toThrow(words);
  });
  it('a base model without a template gets one that goes with the adapter', async () => {
    const { made, job, marked } = await tune(pairs, pairParams, null);
    expect(job.rows.map(marked)).toEqual([['<s>Question: Who are you?\nAnswer: ', 'I am small.<|im_end|>']]);
    expect(made.llms['llm']?.template).toContain('Question: ');
    const own = await tune(pairs, pairParams);
    expect(own.made.llms['llm']?.template).toBeNull();
  });
  it('measures the rows that a Split held out, and does not learn them', async () => {
    const select = `SELECT i AS "__row", CASE WHEN i = 3 THEN 'test' ELSE 'train' END AS "__partition", 'q' || i AS q, 'a' || i AS a FROM range(4) r(i)`;
    const { job, made } = await tune(select, pairParams);
    expect(job.rows.length).toBe(3);
    expect(job.measured.map(({ name, rows }) => [name, rows.length])).toEqual([['held-out', 1]]);
    expect(made.metrics).toMatchObject({ 'held-out_loss_before': 2, 'held-out_loss': 1 });
  });
  it('gives the model with the adapter: for llama.cpp, and for peft', async () => {
    const { made } = await tune(pairs, { ...pairParams, name: 'Ours' });
    const draft = made.llms['llm'];
    expect(draft?.adapters).toMatchObject([{ name: 'Ours', scale: 1, file: { name: 'Ours.gguf', result: 'own' } }]);
    expect(Object.keys(draft?.files ?? {})).toEqual(['Ours.gguf', 'adapter_model.safetensors', 'adapter_config.json']);
    const adapter = await readGguf(bytesInMemory(draft?.files?.['Ours.gguf'] ?? new Uint8Array()));
    expect(adapter.tensors.get('blk.0.attn_v.weight.lora_b')?.shape).toEqual([16, 8]);
  });
  it('refuses in words what it cannot tune or learn from', async () => {
    const codeOf = (made: Promise<unknown>): Promise<string> =>
      made.then(
        () => 'made',
        (problem: { code?: string }) => problem.code ?? String(problem),
      );
    expect(await codeOf(tune('SELECT NULL::VARCHAR AS q, NULL::VARCHAR AS a', pairParams))).toBe(
      'finetune.nothing-left',
    );
    expect(await codeOf(tune(pairs, { ...pairParams, maxLength: 16 }))).toBe('finetune.too-long');
    expect(await codeOf(tune("SELECT 'no JSON' AS chat", { examples: 'conversation', conversation: 'chat' }))).toBe(
      'finetune.not-a-conversation',
    );
    const rows = await bench.table(`rows${++tables}`, pairs);
    const endpoint = tryTask(spec, run, pairParams, { tables: { rows }, llms: { llm: spokenModel(() => '') } });
    expect(await codeOf(endpoint)).toBe('finetune.endpoint');
  });
});
