import { expect, it } from 'vitest';
import { joinParts, renderChat } from './render-chat.ts';

it('a template that trims what is said trims it also where it could be taken for a special token', () => {
  const template = "{% for m in messages %}[{{ m['content'] | trim }}]{% endfor %}";
  const messages = ['  <b>hi</b>\n', ' hi\n'].map((content) => ({ role: 'user' as const, content }));
  const parts = renderChat(template, messages);
  expect(joinParts(parts)).toBe('[<b>hi</b>][hi]');
  expect(parts.filter(({ plain }) => plain).map(({ text }) => text)).toEqual(['<b>hi</b>']);
});
