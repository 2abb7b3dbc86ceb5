import {
  acceptCompletion,
  autocompletion,
  completionKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { sql, StandardSQL } from '@codemirror/lang-sql';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderText } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { quoteName } from './quote-name.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { host } from '../rpc/host.ts';

interface CodeEditorProps {
  label: string;
  text: string;
  columns: readonly Column[];
  isQuery: boolean;
  placeholder: string;
  onChange: (text: string) => void;
}

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--model)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--feat)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--eval)' },
  { tag: tags.comment, color: 'var(--t3)' },
  { tag: tags.operator, color: 'var(--t2)' },
]);
const look = EditorView.theme({
  '&': { fontSize: '11.5px', background: 'none', color: 'var(--t1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '6px 0', caretColor: 'var(--t1)' },
  '.cm-line': { padding: '0 9px' },
  '.cm-cursor': { borderLeftColor: 'var(--t1)' },
  '.cm-placeholder': { color: 'var(--t3)' },
  '.cm-tooltip': {
    border: '0',
    borderRadius: '7px',
    background: 'var(--s3)',
    boxShadow: '0 0 0 1px var(--l2), var(--sh2)',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sans)', fontSize: '12px', maxHeight: '220px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--acc-soft)', color: 'var(--t1)' },
  '.cm-completionDetail': { color: 'var(--t3)', fontStyle: 'normal', marginLeft: '8px', fontSize: '10.5px' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--acc)', fontWeight: '600' },
});

let functions: Promise<readonly Completion[]> | undefined;
const readFunctions = (): Promise<readonly Completion[]> =>
  (functions ??= host()
    ['plan.functions']({})
    .then((all) =>
      all.map((f): Completion => ({
        label: f.name,
        detail: f.signature,
        info: f.about,
        type: 'function',
        apply: `${f.name}(`,
      })),
    )
    .catch(() => {
      functions = undefined;
      return [];
    }));

// Over 80 lines: one editor is set up, fed and taken down by effects that share it.
export default function CodeEditor({ label, text, columns, isQuery, placeholder, onChange }: CodeEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ columns, onChange });
  latest.current = { columns, onChange };
  const naming = useRef(new Compartment());

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
      const word = context.matchBefore(/"[^"]*|[\p{L}_][\p{L}\p{N}_]*/u);
      if (word === null && !context.explicit) return null;
      const names = latest.current.columns.map((c): Completion => ({
        label: c.name,
        detail: typeFamily(c.type),
        type: 'variable',
        apply: quoteName(c.name),
        boost: 2,
      }));
      return { from: word?.from ?? context.pos, options: [...names, ...(await readFunctions())] };
    };
    const editor = new EditorView({
      parent: element,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          sql({ dialect: StandardSQL }),
          syntaxHighlighting(colors),
          autocompletion({ override: [complete], icons: false }),
          keymap.of([
            { key: 'Tab', run: acceptCompletion },
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            ...(isQuery ? [indentWithTab] : []),
          ]),
          EditorView.lineWrapping,
          placeholderText(placeholder),
          look,
          naming.current.of(EditorView.contentAttributes.of({ 'aria-label': label })),
          EditorView.updateListener.of((update) => {
            if (
              update.docChanged &&
              update.transactions.some(
                (tr) =>
                  tr.isUserEvent('input') ||
                  tr.isUserEvent('delete') ||
                  tr.isUserEvent('undo') ||
                  tr.isUserEvent('redo') ||
                  tr.isUserEvent('move'),
              )
            )
              latest.current.onChange(update.state.doc.toString());
          }),
          // Undo belongs to the pipeline once the field is left; its keys stay inside while it is edited.
          EditorView.domEventHandlers({
            keydown: (event) => (event.key === 'Escape' ? false : (event.stopPropagation(), false)),
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The editor is made once for a field: its text follows below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isQuery, placeholder]);

  useEffect(() => {
    const editor = view.current;
    if (editor !== undefined && editor.state.doc.toString() !== text)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({
      effects: naming.current.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label })),
    });
  }, [label]);
  return <div ref={box} />;
}
