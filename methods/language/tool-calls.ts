/** Calls of tools in what a model wrote: `<tool_call>{…}</tool_call>` (Hermes, Qwen), or an object with name and arguments alone. */
import type { ToolCall, ToolSpec } from '../../shared/language/language-model.ts';

export interface ReadAnswer {
  /** Without the calls. */
  text: string;
  calls: ToolCall[];
}

const tagged = /<tool_call>\s*([\s\S]*?)\s*(?:<\/tool_call>|$)/g;

export function readToolCalls(answer: string, tools: readonly ToolSpec[]): ReadAnswer {
  const known = new Set(tools.map((tool) => tool.name));
  const calls: ToolCall[] = [];
  const take = (json: string): boolean => {
    const call = readCall(json, known);
    if (call !== undefined) calls.push({ id: `call_${calls.length}`, ...call });
    return call !== undefined;
  };
  const text = answer.replaceAll(tagged, (whole, json: string) => (take(json) ? '' : whole));
  if (calls.length === 0 && take(answer.trim())) return { text: '', calls };
  return { text: text.trim(), calls };
}

function readCall(json: string, known: ReadonlySet<string>): Omit<ToolCall, 'id'> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string')
      return undefined;
    if (!known.has(value.name)) return undefined;
    const given = 'arguments' in value ? value.arguments : 'parameters' in value ? value.parameters : {};
    return { name: value.name, arguments: typeof given === 'string' ? given : JSON.stringify(given) };
  } catch {
    return undefined;
  }
}

/** A schema that only a call of one of these tools keeps: for a question that must be answered by one. */
export const callSchema = (tools: readonly ToolSpec[]): unknown => {
  const each = tools.map((tool) => ({
    type: 'object',
    properties: { name: { const: tool.name }, arguments: tool.parameters },
    required: ['name', 'arguments'],
  }));
  return each.length === 1 ? each[0] : { oneOf: each };
};
