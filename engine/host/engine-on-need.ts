/** The engine starts with the first call that asks for it: neither the address of a window nor a run waits for the database to load. */
import type { Engine, EngineHandlers } from './host.ts';

/** What `start` gives, when it is first asked; a start that failed is tried again by the next call. */
export function engineOnNeed(start: () => Promise<Engine>): Engine {
  let started: Promise<Engine> | undefined;
  const handlers = async (): Promise<EngineHandlers> => {
    const starting = (started ??= start());
    try {
      return (await starting).handlers;
    } catch (error) {
      if (started === starting) started = undefined;
      throw error;
    }
  };
  return {
    handlers: {
      'plan.check': async (input, call) => (await handlers())['plan.check'](input, call),
      'plan.expression': async (input, call) => (await handlers())['plan.expression'](input, call),
      'plan.functions': async (input, call) => (await handlers())['plan.functions'](input, call),
      'plan.code': async (input, call) => (await handlers())['plan.code'](input, call),
      'pipelines.quickStart': async (input, call) => (await handlers())['pipelines.quickStart'](input, call),
      'preview.open': async (input, call) => (await handlers())['preview.open'](input, call),
      'preview.page': async (input, call) => (await handlers())['preview.page'](input, call),
      'preview.chart': async (input, call) => (await handlers())['preview.chart'](input, call),
      'preview.close': async (input, call) => (await handlers())['preview.close'](input, call),
      'preview.profile': async function* (input, call) {
        yield* (await handlers())['preview.profile'](input, call);
      },
    },
    close: async () => {
      const engine = await started?.catch(() => undefined);
      await engine?.close();
    },
  };
}
