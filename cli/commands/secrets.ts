/** `flowyard secrets`: values that pipelines name and never hold. */
import { text } from 'node:stream/consumers';
import { fail } from '../../shared/errors.ts';
import { askHidden } from '../input/ask-hidden.ts';
import { printJson, printLines } from '../print-table.ts';
import { openSecrets } from '../secrets.ts';
import { commonOptions, UsageError, type Command } from './command.ts';

export const secrets: Command = {
  name: 'secrets',
  usage: 'secrets set NAME | list | remove NAME',
  about:
    'Keeps keys of endpoints, encrypted under FLOWYARD_SECRETS_KEY or a passphrase. The value of set comes from standard input, or is asked for; it is never an argument.',
  options: { json: commonOptions['json'] ?? { type: 'boolean', about: '' } },
  run: async (input) => {
    const [what, name, more] = input.positionals;
    const json = input.flag('json');
    if (more !== undefined)
      throw new UsageError('A value is never an argument: others could read it. Give it by standard input.');
    switch (what) {
      case 'list': {
        const names = await openSecrets().names();
        if (json) names.forEach((one) => printJson({ name: one }));
        else printLines(names.length === 0 ? ['No secret yet.'] : names);
        return 0;
      }
      case 'set': {
        if (name === undefined) throw new UsageError('Which name?');
        await openSecrets(true).set(name, await readSecretValue(name));
        if (json) printJson({ name, set: true });
        else printLines([`Kept "${name}".`]);
        return 0;
      }
      case 'remove': {
        if (name === undefined) throw new UsageError('Which name?');
        if (!(await openSecrets().remove(name)))
          throw fail('secret.unknown', {
            message: `There is no secret "${name}".`,
            mend: 'See flowyard secrets list.',
          });
        if (json) printJson({ name, removed: true });
        else printLines([`Removed "${name}".`]);
        return 0;
      }
      default:
        throw new UsageError(what === undefined ? 'Set, list or remove?' : `There is no "secrets ${what}".`);
    }
  },
};

/** One line end at its end is the shell's, not the secret's. */
async function readSecretValue(name: string): Promise<string> {
  const value = process.stdin.isTTY
    ? await askHidden(`Value of "${name}": `)
    : (await text(process.stdin)).replace(/\r?\n$/, '');
  if (value === '')
    throw fail('secret.empty', {
      message: 'The value is empty, so nothing was kept.',
      mend: 'Give one by standard input.',
    });
  return value;
}
