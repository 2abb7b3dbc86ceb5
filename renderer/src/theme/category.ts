import { unreachable } from '../../../shared/errors.ts';
import type { Category } from '../../../shared/kind/define-spec.ts';
import type { Wire } from '../../../shared/wires.ts';

/** The colour of a category's tile. */
export function categoryColor(category: Category): string {
  switch (category) {
    case 'read':
    case 'explore':
      return 'var(--data)';
    case 'clean':
    case 'combine':
      return 'var(--clean)';
    case 'split':
    case 'prepare':
      return 'var(--feat)';
    case 'train':
    case 'predict':
      return 'var(--model)';
    case 'language':
      return 'var(--llm)';
    case 'evaluate':
      return 'var(--eval)';
    case 'deploy':
    case 'write':
      return 'var(--deploy)';
    case 'flow':
      return 'var(--gov)';
    default:
      return unreachable(category);
  }
}

export const wireColor = (wire: Wire): string => `var(--p-${wire})`;
