/** Which secrets a pipeline names: parameters called `secret` hold a name, or refer to a run parameter that does. */
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { own } from '../../shared/own.ts';
import type { SecretStore } from './secret-store.ts';

export function namedSecrets(file: PipelineFile, parameters: Readonly<Record<string, unknown>>): string[] {
  const values = Object.values(file.nodes).flatMap(({ params }) => {
    const value = params['secret'];
    if (typeof value !== 'string' || value === '') return [];
    if (!value.startsWith('=')) return [value];
    const name = value.slice(1);
    const found = own(parameters, name) ?? own(file.parameters, name)?.default;
    return typeof found === 'string' && found !== '' ? [found] : [];
  });
  return [...new Set(values)].sort();
}

/** Those that there are: what is missing is told by whoever needs it, in its place. */
export async function readNamed(store: SecretStore, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = await store.read(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
