/** What `run` and `check` read from their options: parameters, settings, a sweep. */
import { resolve } from 'node:path';
import { readPipelineText } from '../../engine/files/pipeline-text.ts';
import { fail, FlowyardError } from '../../shared/errors.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { own } from '../../shared/own.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import { setParameter, type SweepAxis } from '../../engine/plan/axes/trial/trials.ts';
import { readValue, splitPair, UsageError, type CommandInput, type Option } from './command.ts';

export const pipelineOptions: Readonly<Record<string, Option>> = {
  param: {
    type: 'string',
    multiple: true,
    value: 'name=value',
    about: 'A run parameter of the pipeline. Values are JSON, else text.',
  },
  set: { type: 'string', multiple: true, value: 'node.param=value', about: 'A parameter of a node, for this run.' },
};

export interface PipelineRequest {
  file: PipelineFile;
  path: string;
  parameters: Record<string, unknown>;
  granted: string[];
  workspace: string;
}

export async function readPipelineRequest(input: CommandInput): Promise<PipelineRequest> {
  const given = input.positionals[0];
  if (given === undefined) throw new UsageError('Which pipeline file?');
  const path = resolve(given);
  const text = await readPipelineText(path, given).catch((cause: unknown) => {
    if (cause instanceof FlowyardError) throw cause;
    throw fail(
      'pipeline.not-there',
      { message: `There is no pipeline file "${given}".`, mend: 'Check the path.' },
      { cause },
    );
  });
  let file = parsePipeline(text, given);
  for (const pair of input.texts('set')) {
    const [place, value] = splitPair(pair, '--set');
    const { node, param } = splitPlace(place, '--set');
    file = setParameter(file, node, param, readValue(value));
  }
  const granted: string[] = [];
  const parameters = Object.fromEntries(
    input.texts('param').map((pair) => {
      const [name, value] = splitPair(pair, '--param');
      const spec = own(file.parameters, name);
      // A file or a column may well be called 2020 or true: those stay text. A path is meant from where the person stands.
      if (spec?.type === 'file') {
        granted.push(resolve(value));
        return [name, resolve(value)];
      }
      return [name, spec?.type === 'column' || spec?.type === 'text' ? unquote(value) : readValue(value)];
    }),
  );
  return { file, path, parameters, granted, workspace: resolve(input.text('workspace') ?? '.') };
}

export function readSweep(input: CommandInput): SweepAxis[] {
  return input.texts('sweep').map((pair) => {
    const [place, values] = splitPair(pair, '--sweep');
    return { ...splitPlace(place, '--sweep'), values: splitValues(values) };
  });
}

/** `a,b,c`, or a JSON list where values hold commas. */
function splitValues(text: string): unknown[] {
  const whole = readValue(text);
  return Array.isArray(whole) ? whole : text.split(',').map((part) => readValue(part.trim()));
}

function splitPlace(place: string, option: string): { node: string; param: string } {
  const dot = place.indexOf('.');
  if (dot <= 0 || dot === place.length - 1) throw new UsageError(`${option} names node.param, not "${place}".`);
  return { node: place.slice(0, dot), param: place.slice(dot + 1) };
}

/** `"a"` as JSON text is a; anything else is taken as it stands. */
function unquote(text: string): string {
  const value = readValue(text);
  return typeof value === 'string' ? value : text;
}

/** `--place node=target` */
export function placeNode(file: PipelineFile, pair: string): PipelineFile {
  const [node, target] = splitPair(pair, '--place');
  const found = file.nodes[node];
  if (found === undefined)
    throw fail('run.no-node', {
      message: `The pipeline has no node "${node}".`,
      mend: `It has ${Object.keys(file.nodes).sort().join(', ')}.`,
    });
  return { ...file, nodes: { ...file.nodes, [node]: { ...found, place: { ...found.place, target } } } };
}
