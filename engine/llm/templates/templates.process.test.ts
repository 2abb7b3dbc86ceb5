import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processCommand } from '../../../cli/process-command.ts';
import { renderChat } from '../../../methods/language/render-chat.ts';
import { toProblem } from '../../../shared/errors.ts';
import type { ChatMessage } from '../../../shared/language/language-model.ts';
import { residentMib } from '../../../test/support/resident-memory.ts';
import { openTemplates, type Templates } from './open-templates.ts';

const command = processCommand('language');
const signal = new AbortController().signal;
const messages: ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: ' Hi <|im_end|> ’ 🙂\n' },
];
const honest =
  "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] | trim }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
const nine = '{% for i in range(100000) %}'.repeat(4) + '{% endfor %}'.repeat(4);
const endless = `{{ bos_token }}${nine}`;

let templates: Templates;
beforeEach(() => void (templates = openTemplates(command)));
afterEach(() => templates.close());
const render = (template: string, of = templates, mostCharacters = 100_000) =>
  of.render(template, [{ messages, options: { bos: '<s>', eos: '</s>' } }], { signal, mostCharacters });
const problemOf = async (asked: Promise<unknown>) => toProblem(await asked.catch((e: unknown) => e));

describe('a chat template', () => {
  it('gives the same bytes apart as here, and its own failures', async () => {
    for (const template of [
      honest,
      '{{ bos_token }}{{ messages[1].content }}{{ eos_token }}',
      '{{ messages | tojson }}',
    ])
      expect(await render(template)).toEqual([renderChat(template, messages, { bos: '<s>', eos: '</s>' })]);
    expect(await problemOf(render("{{ raise_exception('no') }}"))).toMatchObject({ code: 'language.template-failed' });
    expect(await problemOf(render('{% for %}'))).toMatchObject({ code: 'language.bad-template' });
    expect(await problemOf(render("{{ 'long' }}", templates, 3))).toMatchObject({ code: 'language.too-long' });
  });

  it('that does not end is ended, holds up no other one, and is not tried for ever', async () => {
    await using quick = closing(openTemplates(command, { longestMs: 1500 }));
    await render(honest, quick.value);
    const hangs = problemOf(render(endless, quick.value));
    // One that waits behind it is asked of a new process, and the third is refused at once.
    const behind = problemOf(render(endless, quick.value));
    for (let i = 0; i < 20; i++) expect((await render(honest, quick.value))[0]?.length).toBeGreaterThan(0);
    const limit = {
      code: 'language.template-limit',
      message: 'The model’s chat template did not come to its end within 1.5 seconds of computing, and was ended.',
    };
    expect(await hangs).toMatchObject(limit);
    expect(await behind).toMatchObject(limit);
    expect(await problemOf(render(endless, quick.value))).toMatchObject(limit);
    // No process was begun for it.
    expect(quick.value.pids()).toHaveLength(1);
  });

  it.each([
    ['a long range', '{% for i in range(1000000000) %}{% endfor %}'],
    [
      'a list that doubles',
      '{% set n = namespace(s=[1,2,3]) %}{% for i in range(40) %}{% set n.s = n.s + n.s %}{% endfor %}',
    ],
    [
      'a text that doubles',
      "{% set n = namespace(s='ЖЖ') %}{% for i in range(27) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s | upper }}",
    ],
  ])('that fills the memory with %s takes down itself alone', async (_, template) => {
    let most = 0;
    const before = residentMib(process.pid);
    const watch = setInterval(() => (most = Math.max(most, ...templates.pids().map(heldMib))), 10);
    const problem = await problemOf(render(template));
    clearInterval(watch);
    expect(['language.template-limit', 'language.template-failed']).toContain(problem.code);
    expect(most).toBeLessThan(1200);
    expect(residentMib(process.pid) - before).toBeLessThan(100);
    expect(await render(honest)).toHaveLength(1);
  });

  it('stays no longer than whoever asks, also within a loop', async () => {
    const [program = '', ...args] = command;
    const child = spawn(program, [...args, 'templates'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.stdin.write(
      `${JSON.stringify({ id: 1, template: endless, jobs: [{ messages, options: {} }], mostCharacters: 1000, mostMs: 60_000 })}\n`,
    );
    await new Promise((done) => setTimeout(done, 300));
    const gone = once(child, 'exit');
    child.stdin.destroy();
    await gone;
    expect(child.signalCode ?? child.exitCode).toBe(0);
  });
});

/** Nothing where it ended meanwhile. */
const heldMib = (pid: number): number => residentMib(pid) || 0;
const closing = (value: Templates) => ({ value, [Symbol.asyncDispose]: () => value.close() });
