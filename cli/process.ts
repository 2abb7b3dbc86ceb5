/** The entry of every process that is not the command itself: runners, services, previews, language models, makers of snapshots, the guard. Each loads what its role needs. */
import { argv, stderr, stdin, stdout } from 'node:process';
import { text } from 'node:stream/consumers';

async function serveRole(role: string | undefined): Promise<void> {
  switch (role) {
    case 'runner': {
      const [{ serveRunner }, { openRunEnvironment }, { keepSnapshots }] = await Promise.all([
        import('../engine/run/runner/serve-runner.ts'),
        import('./run-environment.ts'),
        import('./keep-snapshots.ts'),
      ]);
      return serveRunner(async (workspace, kinds) => ({
        ...(await openRunEnvironment(workspace, kinds)),
        keepSnapshots,
      }));
    }
    case 'ship': {
      const [{ serveShipping }, { openRunEnvironment }] = await Promise.all([
        import('../engine/remote/staging/serve-shipping.ts'),
        import('./run-environment.ts'),
      ]);
      return serveShipping(openRunEnvironment);
    }
    case 'snapshots': {
      const [{ makeSnapshots, snapshotsRequest }, { watchOurselves }] = await Promise.all([
        import('../engine/run/results/snapshots.ts'),
        import('../engine/compute/guarded.ts'),
      ]);
      watchOurselves('snapshots');
      return makeSnapshots(snapshotsRequest.parse(JSON.parse(await text(stdin))));
    }
    case 'service': {
      const [{ serveService }, { openServedScorer }, { processCommand }] = await Promise.all([
        import('../engine/serve/serve-service.ts'),
        import('./served-scorer.ts'),
        import('./process-command.ts'),
      ]);
      return serveService(openServedScorer, processCommand('language'));
    }
    case 'preview': {
      const [{ servePreviews }, { openPreviewParts }] = await Promise.all([
        import('../engine/preview/serve-previews.ts'),
        import('./run-environment.ts'),
      ]);
      return servePreviews(argv[3], openPreviewParts);
    }
    case 'guard': {
      const { serveGuard } = await import('../engine/compute/guard.ts');
      return serveGuard();
    }
    case 'devices': {
      const { devicesReport } = await import('../engine/neural/devices/devices-report.ts');
      stdout.write(`${JSON.stringify(await devicesReport())}\n`);
      return;
    }
    case 'language': {
      if (argv[3] === 'templates') {
        const { serveTemplates } = await import('../engine/llm/templates/serve-templates.ts');
        return serveTemplates();
      }
      if (argv[3] === 'tokens') {
        const [{ serveTokens }, { openLlama }] = await Promise.all([
          import('../engine/llm/worker/read-tokens.ts'),
          import('../engine/llm/worker/serve-worker.ts'),
        ]);
        return serveTokens(openLlama);
      }
      const { serveLanguageWorker } = await import('../engine/llm/worker/serve-worker.ts');
      return serveLanguageWorker();
    }
    default:
      stderr.write(`no such role: ${role ?? ''}\n`);
      process.exitCode = 2;
  }
}

await serveRole(argv[2]);
