import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import type { Refusal } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { titleOf } from './commands.ts';
import { t } from '../../text/t.ts';

/** The reason why a wire is refused, in a sentence. */
export function sayRefusal(file: PipelineFile, refusal: Refusal): string {
  switch (refusal.code) {
    case 'same-node':
    case 'exists':
      return t(`canvas.refuse.${refusal.code}`);
    case 'wire-types':
      return t('canvas.refuse.wire-types', {
        from: t(`canvas.wire.${refusal.from}`),
        to: t(`canvas.wire.${refusal.to}`),
      });
    case 'cycle':
      return t('canvas.refuse.cycle', { from: titleOf(file, refusal.from), to: titleOf(file, refusal.to) });
    case 'no-port':
      return t('canvas.refuse.no-port', { node: titleOf(file, refusal.node), port: refusal.port });
  }
}
