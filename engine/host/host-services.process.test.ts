import { describe, expect, test } from 'vitest';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { codeOf } from '../../test/support/toy-host.ts';
import { toyHostForEachTest } from '../../test/support/open-toy-host.ts';

const here = toyHostForEachTest();
const { run, follow } = here;

describe('models and services', () => {
  const deployment = (title = 'Toy'): PipelineFile =>
    pipelineFile.parse({
      flowyard: 1,
      title,
      nodes: {
        numbers: { kind: 'read.numbers' },
        boosting: { kind: 'train.toy' },
        judge: { kind: 'evaluate.toy' },
        deploy: { kind: 'deploy.toy' },
      },
      wires: ['numbers.rows -> boosting.rows', 'boosting.model -> judge.model', 'boosting.model -> deploy.model'],
    });
  const row = { id: 1, amount: 12.5, city: 'Bern', member: true, since: '2026-11-24' };
  const running = async (
    name: string,
  ): Promise<Awaited<ReturnType<(typeof here.connection.api)['services.list']>>[number]> => {
    for (;;) {
      const service = (await here.connection.api['services.list']({})).find((one) => one.name === name);
      if (service !== undefined && service.status !== 'starting') return service;
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  test('a run registers what it trained, with what was measured on it, and starts what it declared', async () => {
    const { api } = here.connection;
    const events = await follow(await run(deployment()));
    expect(events.flatMap((e) => (e.type === 'model-registered' ? [[e.node, e.name, e.version]] : []))).toEqual([
      ['boosting', 'toy-boosting', 1],
    ]);
    expect(events.flatMap((e) => (e.type === 'service-declared' ? [[e.node, e.service, e.model]] : []))).toEqual([
      ['deploy', 'toy', 'toy-boosting 1'],
    ]);
    const model = await api['models.get']({ name: 'toy-boosting', version: null });
    expect(model).toMatchObject({
      version: 1,
      task: 'regression',
      target: 'n',
      kind: 'train.toy',
      metrics: { r2: 0.5 },
      input_schema: [],
      pipeline: 'unsaved:Toy',
      node: 'boosting',
      classes: [],
      facts: { rows: 10 },
    });
    expect(await api['models.list']({})).toEqual([model]);

    const service = await running('toy');
    expect(service).toMatchObject({
      model: 'toy-boosting',
      model_version: 1,
      status: 'running',
      token: null,
      requests: 0,
      problem: null,
      url: `http://127.0.0.1:${service.port}`,
    });
    const answer = await api['services.predict']({ name: 'toy', rows: [row] });
    expect(answer).toMatchObject({
      status: 200,
      body: { predictions: [{ prediction: 'big' }], model: 'toy-boosting', version: 1 },
    });
    expect((await api['services.predict']({ name: 'toy', rows: [{}] })).status).toBe(400);
    const requests = async (): Promise<unknown[][]> =>
      (await api['services.requests']({ name: 'toy', limit: 10 })).map(({ status, rows, input, model_key, error }) => [
        status,
        rows,
        input,
        model_key,
        error,
      ]);
    while ((await requests()).length < 2) await new Promise((done) => setTimeout(done, 20));
    expect(await requests()).toEqual([
      [400, 1, [{}], model.key, 'predict.missing-column'],
      [200, 1, [row], model.key, null],
    ]);
    expect(await running('toy')).toMatchObject({ requests: 2, errors: 1, p50_ms: expect.any(Number) });

    // The same model again is the same version; what is in use stays.
    await follow(await run(deployment()));
    expect((await api['models.list']({})).map(({ version }) => version)).toEqual([1]);
    expect(await codeOf(api['models.remove']({ name: 'toy-boosting', version: 1 }))).toBe('model.in-use');
    await api['services.remove']({ name: 'toy' });
    await api['models.remove']({ name: 'toy-boosting', version: 1 });
    expect([await api['services.list']({}), await api['models.list']({})]).toEqual([[], []]);
  });

  test('a service stops, starts at the same port, survives the host, and comes back when it dies', async () => {
    const { api } = here.connection;
    await follow(await run(deployment()));
    await running('toy');
    await api['services.remove']({ name: 'toy' });
    const deployed = await api['services.deploy']({
      model: 'toy-boosting',
      version: null,
      name: 'by-hand',
      port: null,
    });
    expect(deployed).toMatchObject({ status: 'running', token: expect.stringMatching(/^[\w-]{32}$/) });
    expect((await fetch(`${deployed.url}/schema`)).status).toBe(401);
    expect(await api['services.stop']({ name: 'by-hand' })).toMatchObject({ status: 'stopped', url: null });
    expect(await codeOf(api['services.predict']({ name: 'by-hand', rows: [row] }))).toBe('service.not-running');
    expect(await api['services.start']({ name: 'by-hand' })).toMatchObject({
      status: 'running',
      port: deployed.port,
      token: deployed.token,
    });

    await here.restart();
    expect(await running('by-hand')).toMatchObject({ status: 'running', port: deployed.port });
    await here.connection.api['services.predict']({ name: 'by-hand', rows: [{ ...row, city: 'crash' }] }).catch(
      () => undefined,
    );
    for (;;) {
      const again = await running('by-hand');
      if (
        again.status === 'running' &&
        (await here.connection.api['services.predict']({ name: 'by-hand', rows: [row] }).catch(() => undefined))
          ?.status === 200
      )
        break;
    }
    expect(
      await codeOf(here.connection.api['services.deploy']({ model: 'nothing', version: null, name: 'x', port: null })),
    ).toBe('model.unknown');
    expect(
      await codeOf(
        here.connection.api['services.deploy']({ model: 'toy-boosting', version: 1, name: '../x', port: null }),
      ),
    ).toBe('service.bad-name');
  });

  test('another model does not take the name of a running service unasked, and the log says which model answered', async () => {
    let { api } = here.connection;
    await follow(await run(deployment()));
    expect((await running('toy')).model).toBe('toy-boosting');
    expect((await api['services.predict']({ name: 'toy', rows: [row] })).status).toBe(200);
    const other = deployment('Other');
    const numbers = other.nodes['numbers'];
    if (numbers !== undefined) numbers.params = { count: 7 };
    const events = await follow(await run(other));
    expect(events.flatMap((e) => (e.type === 'service-declared' ? [[e.service, e.model, e.kept]] : []))).toEqual([
      ['toy', 'other-boosting 1', 'toy-boosting 1'],
    ]);
    const offered = { model: 'other-boosting', model_version: 1 };
    expect(await running('toy')).toMatchObject({ model: 'toy-boosting', status: 'running', offered });
    const byHand = { model: 'other-boosting', version: 1, name: 'toy', port: null };
    expect(await codeOf(api['services.deploy'](byHand))).toBe('service.name-taken');
    expect((await running('toy')).model).toBe('toy-boosting');

    // It waits for an answer over the end of its host, however that ends.
    await here.restart();
    ({ api } = here.connection);
    expect(await running('toy')).toMatchObject({ model: 'toy-boosting', offered });
    expect(await api['services.replace']({ name: 'toy' })).toMatchObject({ ...offered, offered: null });
    expect((await api['services.predict']({ name: 'toy', rows: [row] })).status).toBe(200);
    const answered = async (): Promise<unknown[][]> =>
      (await api['services.requests']({ name: 'toy', limit: 10 })).map((one) => [one.model, one.model_version]);
    while ((await answered()).length < 2) await new Promise((done) => setTimeout(done, 20));
    expect(await answered()).toEqual([
      ['other-boosting', 1],
      ['toy-boosting', 1],
    ]);
    expect(await codeOf(api['services.replace']({ name: 'toy' }))).toBe('service.no-offer');

    // Whoever says so replaces it: by hand, or with the run.
    expect(await api['services.deploy']({ ...byHand, model: 'toy-boosting', replace: true })).toMatchObject({
      model: 'toy-boosting',
    });
    await follow(await run(other, { replaceServices: true }));
    expect(await running('toy')).toMatchObject({ model: 'other-boosting', offered: null });
  });

  test('a port that a person chose and that is taken is said, not replaced', async () => {
    await follow(await run(deployment()));
    const port = (await running('toy')).port;
    const second = await here.connection.api['services.deploy']({
      model: 'toy-boosting',
      version: 1,
      name: 'second',
      port,
    });
    expect(second).toMatchObject({ status: 'failed', problem: { code: 'serve.port-in-use', facts: { port } } });
  });
});
