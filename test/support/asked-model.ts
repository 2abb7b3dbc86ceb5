/** The model of a finished run, asked as strangers ask it: over HTTP from a service's own process, and by `flowyard predict` in another. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServiceProcess } from '../../engine/serve/service-process.ts';
import type { Prediction } from '../../engine/recipe/scorer/scorer.ts';
import type { Artifact } from '../../engine/store/artifacts/artifact-store.ts';

const cli = join(dirname(fileURLToPath(import.meta.url)), '../../cli');
type Cell = string | number | bigint | boolean | null;
export type AskedRow = Readonly<Record<string, Cell>>;

/** One service for the rows, started and ended; whole numbers go as they are, whatever their size. */
export async function askService(artifact: Artifact, rows: readonly AskedRow[]): Promise<Prediction[]> {
  const service = startServiceProcess(
    {
      service: 'asked',
      folder: artifact.folder,
      model: 'asked',
      version: 1,
      key: artifact.key,
      port: 0,
      anyPort: true,
      token: 'a token',
      settings: { keepInputs: false },
    },
    { command: [process.execPath, join(cli, 'process.ts'), 'service'], onRequest: () => undefined },
  );
  try {
    const { url } = await service.ready;
    const response = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer a token' },
      body: `{"rows":[${rows.map(toJson).join(',')}]}`,
    });
    const answer: { predictions: Prediction[]; error?: { message: string } } = JSON.parse(await response.text());
    if (answer.error !== undefined) throw new Error(answer.error.message);
    return answer.predictions;
  } finally {
    await service.stop();
  }
}

const toJson = (row: AskedRow): string =>
  `{${Object.entries(row)
    .map(([name, value]) => `${JSON.stringify(name)}:${typeof value === 'bigint' ? value : JSON.stringify(value)}`)
    .join(',')}}`;

/** `flowyard predict`: one object a row, as it is printed. */
export async function askCommand(
  workspace: string,
  key: string,
  file: string,
  more: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>[]> {
  const child = spawn(
    process.execPath,
    [
      join(cli, 'main.ts'),
      'predict',
      key,
      '--input',
      join(workspace, file),
      '--workspace',
      workspace,
      '--json',
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [out, err, code] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`flowyard predict ended with ${code ?? 'a signal'}: ${err}${out.slice(0, 500)}`);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}
