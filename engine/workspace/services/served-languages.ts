/** What a service of language models refers to beside its first: further models, and secrets by name. */
import { readFileSync } from 'node:fs';
import { languageValue } from '../../../shared/language/language-model.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { StoredService } from '../../store/services.ts';

type Served = Pick<StoredService, 'settings' | 'model_key'>;
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Keys of the results of the further models. */
export const otherModels = ({ settings }: Pick<StoredService, 'settings'>): string[] => texts(settings['models']);

/** Names of its callers' keys, and of what its endpoints want. */
export function secretsOf(service: Served, artifacts: Pick<ArtifactStore, 'find'>): string[] {
  const ofModels = [service.model_key, ...otherModels(service)].flatMap((key) => {
    const artifact = artifacts.find(key);
    const file = artifact?.manifest.ports['llm']?.files[0];
    if (artifact === undefined || file === undefined) return [];
    const { base } = languageValue.parse(JSON.parse(readFileSync(artifact.file(file), 'utf8')));
    return base.from === 'endpoint' && base.secret !== null ? [base.secret] : [];
  });
  return [...new Set([...texts(service.settings['keys']), ...ofModels])];
}
