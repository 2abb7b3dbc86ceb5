import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { accessField, portField, sayService, serviceFindings } from '../../../shared/kind/fields/service-fields.ts';

export const spec = defineSpec({
  kind: 'deploy.http',
  version: 1,
  computes: 1,
  title: 'Serve over HTTP',
  about:
    'Starts a service on this machine that predicts rows sent to it, checks them by the model’s columns and keeps a log.',
  keywords: [
    'deploy',
    'API',
    'REST',
    'endpoint',
    'serving',
    'model server',
    'MLflow serve',
    'FastAPI',
    'production',
    'serve model',
    'deploy model',
    'REST API',
    'inference server',
    'web service',
    'model serving',
    'BentoML',
    'Seldon',
    'KServe',
    'SageMaker',
    'online inference',
    'real time prediction',
    'Flask',
    'microservice',
  ],
  icon: 'radio-tower',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({
    name: field.text({
      title: 'Name',
      help: 'What the service is called, in its address too. The same node of the same pipeline gives it its new model; a model of another one asks before it takes the name.',
      default: 'model',
      placeholder: 'penguins',
    }),
    port: portField,
    auth: accessField(''),
    keepInputs: field.switch({
      title: 'Keep requests',
      help: 'Keeps what was asked and answered in the log, so that drift can be found later. Off: only time, latency and status.',
      default: true,
    }),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  summary: (params) => sayService('serve the model', params),
  check: ({ params }): Finding[] => serviceFindings(params),
});
