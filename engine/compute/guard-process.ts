/** The guard as a script, for a checkout. */
import { serveGuard } from './guard.ts';

await serveGuard();
