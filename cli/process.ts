/** The entry of every process that is not the command itself: runners, services. Each loads what its role needs. */
import { argv, stderr } from 'node:process';

async function serveRole(role: string | undefined): Promise<void> {
  switch (role) {
    case 'runner': {
      const [{ serveRunner }, { openRunHouse }] = await Promise.all([
        import('../engine/run/serve-runner.ts'),
        import('./house.ts'),
      ]);
      return serveRunner(openRunHouse);
    }
    case 'service': {
      const [{ serveService }, { openScorer }] = await Promise.all([
        import('../engine/serve/serve-service.ts'),
        import('../engine/model/open-scorer.ts'),
      ]);
      return serveService(openScorer);
    }
    default:
      stderr.write(`no such role: ${role ?? ''}\n`);
      process.exitCode = 2;
  }
}

await serveRole(argv[2]);
