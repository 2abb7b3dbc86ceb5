/** `flowyard metrics text --input FILE.jsonl`: how near texts are to their references. */
import { bleuTokenizers, type BleuTokenizer } from '../../methods/text/bleu-tokenizers.ts';
import { readTextPairs } from '../../methods/text/read-text-pairs.ts';
import { rougeTokens, type RougeTokens } from '../../methods/text/rouge.ts';
import { measureText } from '../../methods/text/text-metric.ts';
import { referenceMetrics } from '../../methods/text/text-methods.ts';
import { unfitTokens } from '../../methods/text/unfit-tokens.ts';
import { readGiven } from '../../engine/files/given-file.ts';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { printJson, printTable } from '../print-table.ts';
import { complain } from '../say.ts';
import { commonOptions, UsageError, type Command, type CommandInput } from './command.ts';

export const metrics: Command = {
  name: 'metrics',
  usage: 'metrics text --input FILE.jsonl',
  about: 'Measures texts against references: BLEU, chrF, chrF++, TER and ROUGE, each with the signature that says how.',
  options: {
    input: {
      type: 'string',
      value: 'FILE',
      about: 'JSON lines of "candidate" (a text) and "reference" (a text, or a list of texts).',
    },
    tokenizer: {
      type: 'string',
      value: 'NAME',
      about: `How BLEU splits words: ${bleuTokenizers.join(', ')}. Default: 13a; zh or char for Chinese and Japanese.`,
    },
    'rouge-tokens': {
      type: 'string',
      value: 'NAME',
      about: `What ROUGE takes for words: ${rougeTokens.join(' (a to z and digits, as that package), ')} (all scripts). Default: rouge-score.`,
    },
    json: commonOptions['json'] ?? { type: 'boolean', about: '' },
  },
  run: async (input) => {
    const [what] = input.positionals;
    if (what !== 'text')
      throw new UsageError(what === undefined ? 'Metrics of what?' : `There are no metrics of "${what}".`);
    const path = input.text('input');
    if (path === undefined) throw new UsageError('Which texts? Name a file with --input.');
    const tokenizer = choose<BleuTokenizer>(input, 'tokenizer', bleuTokenizers, '13a');
    const tokens = choose<RougeTokens>(input, 'rouge-tokens', rougeTokens, 'rouge-score');
    const pairs = readTextPairs(await readBytes(path), path);
    const measured = referenceMetrics({ tokenizer, rougeTokens: tokens }).map(
      (metric) => [metric, measureText(metric, pairs)] as const,
    );
    for (const warning of unfitTokens(pairs, { tokenizer, rougeTokens: tokens })) complain(warning);
    if (input.flag('json')) printJson(Object.fromEntries(measured.map(([metric, value]) => [metric.name, value])));
    else
      printTable(
        ['METRIC', 'VALUE', 'SIGNATURE'],
        measured.map(([metric, { value, signature }]) => [
          metric.title,
          value.toFixed(metric.scale === 100 ? 2 : 4),
          signature,
        ]),
      );
    return 0;
  },
};

function choose<T extends string>(input: CommandInput, option: string, choices: readonly T[], otherwise: T): T {
  const given = input.text(option);
  if (given === undefined) return otherwise;
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new UsageError(`--${option} is one of ${choices.join(', ')}, not "${given}".`);
  return found;
}

/** As one text, which the language lets have 2^29 letters. */
const mostBytes = 500 * 2 ** 20;

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readGiven(path, { name: path, mostBytes });
  } catch (cause) {
    if (cause instanceof FlowyardError) throw cause;
    throw fail('file.missing', { message: `The file "${path}" cannot be read.`, mend: 'Check the path.' }, { cause });
  }
}
