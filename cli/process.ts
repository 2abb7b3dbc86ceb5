/** The entry of every process that is not the command itself: runners, services, previews. */
import { servePreviews } from '../engine/preview/serve-previews.ts';
import { serveRunner } from '../engine/run/serve-runner.ts';
import { openScorer } from '../engine/model/open-scorer.ts';
import { serveService } from '../engine/serve/serve-service.ts';
import { openPreviewParts, openRunHouse } from './house.ts';

const [, , role, argument] = process.argv;
switch (role) {
  case 'runner':
    await serveRunner(openRunHouse);
    break;
  case 'service':
    await serveService(openScorer);
    break;
  case 'preview':
    await servePreviews(argument, openPreviewParts);
    break;
  default:
    process.stderr.write(`no such role: ${role ?? ''}\n`);
    process.exitCode = 2;
}
