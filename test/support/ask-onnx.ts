/** An exported model, asked in onnxruntime: here, and in its Python where one is named by FLOWYARD_PYTHON. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-node';

export interface OnnxFeed {
  type: 'float32' | 'float64' | 'int64' | 'string';
  shape: readonly number[];
  values: ArrayLike<number | string>;
}
export type OnnxFeeds = Readonly<Record<string, OnnxFeed>>;
export interface OnnxAnswers {
  prediction: unknown[];
  probabilities?: number[];
}

export async function askOnnxFile(path: string, feeds: OnnxFeeds): Promise<OnnxAnswers> {
  const session = await ort.InferenceSession.create(await readFile(path), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const given = session.inputNames.map((name) => {
      const feed = feeds[name];
      if (feed === undefined) throw new Error(`nothing is given for "${name}"`);
      return [name, tensorOf(feed)] as const;
    });
    const out = await session.run(Object.fromEntries(given));
    const probabilities = out['probabilities'];
    return {
      prediction: [...(out['prediction']?.data ?? [])],
      ...(probabilities === undefined ? {} : { probabilities: [...probabilities.data].map(Number) }),
    };
  } finally {
    await session.release();
  }
}

function tensorOf({ type, values, shape }: OnnxFeed): ort.Tensor {
  if (type === 'string') return new ort.Tensor('string', Array.from(values, String), [...shape]);
  if (type === 'int64')
    return new ort.Tensor('int64', BigInt64Array.from(Array.from(values, (value) => BigInt(value))), [...shape]);
  return type === 'float32'
    ? new ort.Tensor('float32', Float32Array.from(values, Number), [...shape])
    : new ort.Tensor('float64', Float64Array.from(values, Number), [...shape]);
}

const script = `
import json, sys
import numpy as np, onnxruntime as ort
session = ort.InferenceSession(sys.argv[1])
given = json.load(open(sys.argv[2]))
kinds = {'float32': np.float32, 'float64': np.float64, 'int64': np.int64, 'string': object}
def array(f):
    values = [float('nan') if v is None else v for v in f['values']] if f['type'] != 'string' else f['values']
    return np.array(values, dtype=kinds[f['type']]).reshape(f['shape'])
names = [o.name for o in session.get_outputs()]
out = dict(zip(names, session.run(None, {i.name: array(given[i.name]) for i in session.get_inputs()})))
print(json.dumps({name: np.asarray(values).ravel().tolist() for name, values in out.items()}))
`;

/** Nothing where no Python is named. */
export async function askOnnxInPython(path: string, feeds: OnnxFeeds): Promise<OnnxAnswers | undefined> {
  const python = process.env['FLOWYARD_PYTHON'];
  if (python === undefined || python === '') return undefined;
  const plain = Object.fromEntries(
    Object.entries(feeds).map(([name, f]) => [
      name,
      { ...f, values: Array.from(f.values, (v) => (typeof v === 'number' && Number.isNaN(v) ? null : v)) },
    ]),
  );
  await writeFile(`${path}.json`, JSON.stringify(plain));
  const said = execFileSync(python, ['-c', script, path, `${path}.json`], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return JSON.parse(said);
}
