import { task, type SourceFile, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import {
  memoryEstimate,
  type LanguageAdapter,
  type LanguageBase,
  type WeightFacts,
} from '../../../shared/language/language-model.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;

export default task(spec, {
  sources: (p): SourceFile[] => [
    p.from === 'file'
      ? { from: 'file', param: 'file', path: p.file }
      : { from: 'folder', param: 'folder', path: p.folder, endings: ['.gguf'] },
    ...(p.adapter === '' ? [] : [{ from: 'file', param: 'adapter', path: p.adapter } as const]),
  ],
  run: async (context) => {
    const { params: p, weights, outputs, log } = context;
    const { files, facts } = await weights(p.from);
    if (facts === null)
      throw fail('language.no-model', {
        message: 'The file is an adapter, not a language model.',
        mend: 'Choose its base model here, and the adapter in "Adapter".',
        param: p.from,
      });
    const base = baseOf(p, files, facts);
    warnOfContext(context, facts);
    const name = p.name === '' ? facts.title : p.name;
    await outputs.llm('llm', {
      name,
      base,
      adapters: p.adapter === '' ? [] : [await adapterOf(context)],
      template: p.template.trim() === '' ? null : p.template,
      system: p.system,
      sampling: {
        temperature: p.temperature,
        topP: p.topP,
        topK: p.topK,
        minP: p.minP,
        repeatPenalty: p.repeatPenalty,
        maxTokens: p.maxTokens,
      },
      guardrails: { blocked: p.blocked },
    });
    log(
      `${name}: ${facts.architecture}, ${(facts.parameters / 1e6).toFixed(1)} million parameters as ${facts.quantisation}, licence ${facts.licence || 'not said by the file'}`,
    );
    log(
      `about ${Math.ceil(memoryEstimate(base) / 1e6)} MB of memory with ${base.contextTokens} tokens of context; ${
        p.template.trim() !== '' || facts.template !== null
          ? 'holds conversations'
          : 'a base model without a chat template: it continues text'
      }`,
    );
  },
});

const baseOf = (p: Params, files: Extract<LanguageBase, { from: 'file' }>['files'], facts: WeightFacts) =>
  ({
    from: 'file',
    files,
    facts,
    contextTokens: Math.min(p.contextTokens, facts.contextTokens),
    threads: p.threads,
    gpuLayers: p.gpuLayers,
  }) satisfies LanguageBase;

function warnOfContext({ params: p, warn }: TaskContext<Params>, facts: WeightFacts): void {
  if (p.contextTokens <= facts.contextTokens) return;
  warn({
    code: 'language.context-cut',
    severity: 'warning',
    message: `The model was trained to see ${facts.contextTokens.toLocaleString('en-US')} tokens: its context is that long, not ${p.contextTokens.toLocaleString('en-US')}.`,
    mend: 'Ask for no more.',
    param: 'contextTokens',
  });
}

async function adapterOf({ params: p, weights }: TaskContext<Params>): Promise<LanguageAdapter> {
  const { files, facts } = await weights('adapter');
  const [file] = files;
  if (file === undefined || facts !== null)
    throw fail('language.no-adapter', {
      message: `"${p.adapter}" is a whole model, not an adapter.`,
      mend: 'Choose an adapter’s GGUF file.',
      param: 'adapter',
    });
  return { name: file.name.replace(/\.gguf$/i, ''), file, scale: p.adapterScale };
}
