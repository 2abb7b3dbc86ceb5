import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { formatPipeline, validate } from '../../../../shared/pipeline/parse.ts';
import { pasteFragment, planPaste, takeFragment } from '../../../../shared/pipeline/edits/clipboard.ts';
import {
  addNode,
  addWire,
  freeId,
  insertOnWire,
  moveNodes,
  removeNodes,
  renameNode,
} from '../../../../shared/pipeline/edits/graph.ts';
import { linksOf } from '../../../../shared/pipeline/edits/ports.ts';
import { setDisabled, setNote, setParam, setTitle } from '../../../../shared/pipeline/edits/settings.ts';
import { smallSpecs } from '../../../../test/support/small-specs.ts';
import { whyNotConnect } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { perform, redo, undo, type Command, type History } from './history.ts';

const start = (file: PipelineFile): History => ({ file, past: [], future: [] });
const empty = validate({ flowyard: 1 });
const text = (history: History): string => formatPipeline(history.file);
const kinds = [...smallSpecs.keys()];

/** Random work of a person, as numbers that choose among what is possible at each moment. */
const work = fc.array(
  fc.record({
    what: fc.nat(11),
    a: fc.nat(1000),
    b: fc.nat(1000),
    x: fc.integer({ min: -900, max: 900 }),
    y: fc.integer({ min: -900, max: 900 }),
  }),
  { minLength: 1, maxLength: 40 },
);
type Deed = { what: number; a: number; b: number; x: number; y: number };

function commandFor(file: PipelineFile, { what, a, b, x, y }: Deed): Command {
  const ids = Object.keys(file.nodes).sort();
  const one = ids[a % Math.max(1, ids.length)] ?? '';
  const two = ids[b % Math.max(1, ids.length)] ?? '';
  const spec = smallSpecs.get(kinds[a % kinds.length] ?? '');
  if (spec === undefined) throw new Error('no toy spec');
  const ends = { from: { node: one, port: 'rows' }, to: { node: two, port: 'rows' } };
  const link = linksOf(file)[b % Math.max(1, file.wires.length)];
  switch (ids.length === 0 ? 0 : what) {
    case 0:
    case 1:
      return { label: 'add', edit: (f) => addNode(f, { id: freeId(f, spec.title), spec, at: [x, y] }) };
    case 2:
    case 3:
      return {
        label: 'wire',
        edit: (f) => void (whyNotConnect(f, smallSpecs, ends.from, ends.to) === null && addWire(f, ends, smallSpecs)),
      };
    case 4:
      return { label: 'param', mergeKey: `param ${one}`, edit: (f) => setParam(f, one, 'amount', b) };
    case 5:
      return { label: 'drag', mergeKey: `drag ${one}`, edit: (f) => moveNodes(f, { [one]: [x, y] }) };
    case 6:
      return { label: 'delete', edit: (f) => removeNodes(f, [one, two], smallSpecs, b % 2 === 0) };
    case 7:
      return { label: 'rename', edit: (f) => renameNode(f, one, freeId(f, `n ${b}`)) };
    case 8:
      return { label: 'title', edit: (f) => setTitle(f, one, b % 3 === 0 ? '' : `Title ${b}`) };
    case 9:
      return { label: 'note', edit: (f) => (setNote(f, one, `note ${b}`), setDisabled(f, [one, two], b % 2 === 0)) };
    case 10:
      return {
        label: 'insert',
        edit: (f) =>
          void (
            link &&
            ids.every((id) => id !== 'late') &&
            (addNode(f, { id: 'late', spec, at: [x, y] }), insertOnWire(f, 'late', link, smallSpecs))
          ),
      };
    default: {
      const piece = takeFragment(file, [one, two]);
      const names = planPaste(file, piece);
      return { label: 'paste', edit: (f) => pasteFragment(f, piece, names, [x, y]) };
    }
  }
}

describe('one history over everything', () => {
  it('undoing all of any work gives the very same bytes, redoing all gives the work again', () => {
    fc.assert(
      fc.property(work, fc.boolean(), (deeds, pauses) => {
        let history = start(empty);
        const stops = [text(history)];
        deeds.forEach((deed, i) => {
          const next = perform(history, commandFor(history.file, deed), pauses ? i * 10_000 : i);
          if (next.past.length > history.past.length) stops.push(text(next));
          else stops[stops.length - 1] = text(next);
          history = next;
        });
        const done = text(history);
        expect(text({ ...history, file: validate(JSON.parse(done)) })).toBe(done);
        for (let i = stops.length - 2; i >= 0; i--) {
          history = undo(history).history;
          expect(text(history)).toBe(stops[i]);
        }
        expect(history.past).toEqual([]);
        while (history.future.length > 0) history = redo(history).history;
        expect(text(history)).toBe(done);
      }),
      { numRuns: 150 },
    );
  });

  const withNode = perform(
    start(empty),
    { label: 'add', edit: (f) => void (f.nodes['a'] = { kind: 'clean.filter', version: 1, params: {} }) },
    0,
  );
  const type = (history: History, value: string, nowMs: number) =>
    perform(history, { label: 'type', mergeKey: 'param a text', edit: (f) => setParam(f, 'a', 'text', value) }, nowMs);

  it('typing without a pause is one step', () => {
    const typed = type(type(type(withNode, 'a', 0), 'ab', 400), 'abc', 800);
    expect(typed.past.map((s) => s.label)).toEqual(['add', 'type']);
    expect(undo(typed).history.file).toEqual(withNode.file);
    expect(redo(undo(typed).history).history.file).toEqual(typed.file);
  });
  it('a pause, and an undo, begin a new step', () => {
    expect(type(type(withNode, 'a', 0), 'ab', 5000).past).toHaveLength(3);
    expect(type(redo(undo(type(withNode, 'a', 0)).history).history, 'ab', 10).past).toHaveLength(3);
  });
  it('what changes nothing is no step', () => {
    expect(perform(withNode, { label: 'nothing', edit: (f) => setTitle(f, 'a', '') }, 0)).toBe(withNode);
  });
  it('a new step after undo drops what was undone', () => {
    const next = type(undo(type(withNode, 'x', 0)).history, 'y', 9000);
    expect([next.future, next.file.nodes['a']?.params]).toEqual([[], { text: 'y' }]);
  });
});
