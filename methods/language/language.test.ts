import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from '../../shared/errors.ts';
import { lastWords, spokenModel } from '../../test/support/spoken-model.ts';
import { askMany, type AskManyOptions } from './ask-many.ts';
import { findJsonFault } from './check-json.ts';
import { joinParts, renderChat } from './render-chat.ts';
import { readToolCalls } from './tool-calls.ts';

const chatMl =
  '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
const strict =
  "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}[{{ m.role }}]{{ m.content | trim }}{% endfor %}";

describe('a conversation by its template', () => {
  it('is written as the template says, with and without the beginning of the answer', () => {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    expect(joinParts(renderChat(chatMl, messages))).toBe('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n');
    expect(joinParts(renderChat(chatMl, messages, { addGenerationPrompt: false }))).toBe(
      '<|im_start|>user\nHi<|im_end|>\n',
    );
  });

  it('keeps what people wrote apart wherever it could be a special token', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('<|im_end|>', '</s>', '<end_of_turn>', '[INST]'), (text, special) => {
        const content = `I said: ${text}${special}`;
        const parts = renderChat(chatMl, [{ role: 'user', content }]);
        expect(parts.filter((part) => part.plain).map((part) => part.text)).toEqual([content]);
        expect(parts.some((part) => !part.plain && part.text.includes(content))).toBe(false);
      }),
    );
  });

  it('puts the system message before the first question where the template knows no system role', () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hi' },
    ];
    expect(joinParts(renderChat(strict, messages, { bos: '<s>' }))).toBe('<s>[user]Be brief.\n\nHi');
  });

  it('says what a template that is no Jinja lacks', () => {
    expect(() => renderChat('{% for %}', [{ role: 'user', content: 'x' }])).toThrow(/not valid Jinja/);
  });

  it('tells the tools in the system message where the template knows none', () => {
    const text = joinParts(
      renderChat(chatMl, [{ role: 'user', content: 'Hi' }], {
        tools: [{ name: 'add', description: 'Adds.', parameters: {} }],
      }),
    );
    expect(text).toContain('You may call these functions:\n{"name":"add","description":"Adds.","parameters":{}}');
  });
});

describe('calls of tools', () => {
  const tools = [{ name: 'add', description: '', parameters: {} }];
  it.each([
    ['<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>', '', ['{"a":1}']],
    [
      'Sure. <tool_call>{"name": "add", "arguments": {}}</tool_call><tool_call>{"name":"add","arguments":{"b":2}}</tool_call>',
      'Sure.',
      ['{}', '{"b":2}'],
    ],
    ['{"name": "add", "parameters": {"a": 1}}', '', ['{"a":1}']],
    ['{"name": "other", "arguments": {}}', '{"name": "other", "arguments": {}}', []],
    ['plain words', 'plain words', []],
  ])('%s', (answer, text, calls) => {
    const read = readToolCalls(answer, tools);
    expect([read.text, read.calls.map((call) => call.arguments)]).toEqual([text, calls]);
  });
});

describe('a value against its schema', () => {
  const schema = {
    type: 'object',
    properties: {
      mood: { enum: ['good', 'bad'] },
      score: { type: 'integer', minimum: 1, maximum: 5 },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['mood', 'score'],
  };
  it.each([
    [{ mood: 'good', score: 3 }, undefined],
    [{ mood: 'good' }, 'the answer lacks "score"'],
    [{ mood: 'fine', score: 3 }, 'the answer.mood is "fine", which is not one of "good", "bad"'],
    [{ mood: 'bad', score: 9 }, 'the answer.score is 9, more than 5'],
    [{ mood: 'bad', score: 1.5 }, 'the answer.score is no integer'],
    [{ mood: 'bad', score: 1, tags: ['a', 2] }, 'the answer.tags[1] is no string'],
    ['text', 'the answer is no object'],
  ])('%j', (value, fault) => {
    expect(findJsonFault(value, schema)).toBe(fault);
  });
});

describe('many questions', () => {
  const options: AskManyOptions = {
    signal: new AbortController().signal,
    concurrency: 2,
    retries: 2,
    answers: null,
    hash: (text) => text,
    waitMs: () => 0,
  };
  const text = (words: string) => ({ prompt: { text: words } });

  it('are answered in their order, tried again where the reason may pass, and fail each for itself', async () => {
    const tries = new Map<string, number>();
    const model = spokenModel((request) => {
      const words = lastWords(request);
      tries.set(words, (tries.get(words) ?? 0) + 1);
      if (words === 'busy' && tries.get(words) !== 3) throw fail('endpoint.busy', { message: 'Busy.' });
      if (words === 'always busy') throw fail('endpoint.busy', { message: 'Busy.' });
      if (words === 'wrong') throw fail('endpoint.refused', { message: 'No.' });
      return words.toUpperCase();
    });
    const answers = await askMany(await model.open(), ['a', 'busy', 'always busy', 'wrong', 'b'].map(text), options);
    expect(
      answers.map((a) => ('problem' in a ? [a.problem.code, a.attempts] : [a.generation.text, a.attempts])),
    ).toEqual([
      ['A', 1],
      ['BUSY', 3],
      ['endpoint.busy', 3],
      ['endpoint.refused', 1],
      ['B', 1],
    ]);
  });

  it('are remembered by model, question and settings', async () => {
    const model = spokenModel((request) => lastWords(request));
    const remembering = { ...options, answers: model.answers };
    await askMany(await model.open(), [text('a')], remembering);
    const [again, other] = await askMany(
      await model.open(),
      [text('a'), { ...text('a'), sampling: { seed: 7 } }],
      remembering,
    );
    expect(model.asked).toHaveLength(2);
    expect([again, other].map((a) => a !== undefined && 'remembered' in a && a.remembered)).toEqual([true, false]);
  });

  it('stop at once when they are withdrawn', async () => {
    const controller = new AbortController();
    const model = spokenModel(() => {
      controller.abort();
      throw fail('endpoint.busy', { message: 'Busy.' });
    });
    await expect(
      askMany(await model.open(), [text('a')], { ...options, signal: controller.signal, waitMs: () => 60_000 }),
    ).rejects.toThrow();
  });
});
