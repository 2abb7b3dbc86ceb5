import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params: p, outputs, log }) => {
    await outputs.llm('llm', {
      name: p.name === '' ? p.model : p.name,
      base: {
        from: 'endpoint',
        url: p.url,
        model: p.model,
        secret: p.secret === '' ? null : p.secret,
        images: p.images,
        contextTokens: p.contextTokens,
        silentSeconds: p.silentSeconds,
        answerSeconds: p.answerSeconds,
        inputPrice: p.inputPrice,
        outputPrice: p.outputPrice,
      },
      system: p.system,
      sampling: { temperature: p.temperature, maxTokens: p.maxTokens },
      guardrails: { blocked: p.blocked },
    });
    log(`${p.model} at ${p.url}${p.secret === '' ? '' : `, with the secret "${p.secret}"`}; nothing was asked yet`);
  },
});
