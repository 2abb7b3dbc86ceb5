import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';

/** As the host accepts them: they stand in addresses. */
const serviceName = /^[A-Za-z0-9._-]{1,80}$/;

export const spec = defineSpec({
  kind: 'deploy.http',
  version: 1,
  computes: 1,
  title: 'Serve over HTTP',
  about:
    'Starts a service on this machine that predicts rows sent to it, checks them by the model’s columns and keeps a log.',
  keywords: ['deploy', 'API', 'REST', 'endpoint', 'serving', 'model server', 'MLflow serve', 'FastAPI', 'production'],
  icon: 'radio-tower',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({
    name: field.text({
      title: 'Name',
      help: 'What the service is called, in its address too. A service of this name is replaced by the new model.',
      default: 'model',
      placeholder: 'penguins',
    }),
    port: field.optionalNumber({
      title: 'Port',
      help: 'Where it listens on this machine. Empty: a free port is found, and kept.',
      min: 1024,
      max: 65_535,
      step: 1,
    }),
    auth: field.choice({
      title: 'Access',
      help: 'With a token, a caller has to send it; the service’s page shows it. It listens on this machine only, either way.',
      choices: { token: 'with a token', none: 'for every program on this machine' },
      default: 'token',
    }),
    keepInputs: field.switch({
      title: 'Keep requests',
      help: 'Keeps what was asked and answered in the log, so that drift can be found later. Off: only time, latency and status.',
      default: true,
    }),
  }),
  form: 'task',
  rows: 'same',
  runsIn: 'process',
  pure: false,
  summary: ({ name, port }) =>
    `serve the model as ${name === '' ? '… (no name yet)' : name}${port === null ? '' : ` on port ${port}`}`,
  check: ({ params: p }): Finding[] => {
    const findings: Finding[] = [];
    if (!serviceName.test(p.name))
      findings.push({
        code: 'service.bad-name',
        message: p.name === '' ? 'The service has no name.' : `"${p.name}" cannot name a service.`,
        mend: 'Use letters, digits, ".", "_" and "-", at most 80.',
        param: 'name',
      });
    if (p.port !== null && !Number.isInteger(p.port))
      findings.push({
        code: 'param.not-whole',
        message: 'A port is a whole number.',
        mend: 'Give one from 1024 to 65535, or none.',
        param: 'port',
      });
    return findings;
  },
});
