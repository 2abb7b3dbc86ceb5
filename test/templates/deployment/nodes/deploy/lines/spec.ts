import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { accessField, portField, sayService, serviceFindings } from '../../../shared/kind/fields/service-fields.ts';

export const spec = defineSpec({
  kind: 'deploy.lines',
  version: 1,
  computes: 1,
  title: 'Serve JSON lines',
  about: 'Starts a service on this machine that answers each line with a line, for shells and pipes.',
  keywords: ['JSON lines service', 'NDJSON service', 'line protocol', 'curl from a shell', 'stream of rows'],
  icon: 'align-left',
  inputs: { model: { wire: 'model', title: 'Model' } },
  outputs: { service: { wire: 'service', title: 'Service' } },
  params: z.strictObject({
    name: field.text({
      title: 'Name',
      help: 'What the service is called.',
      default: 'lines',
      placeholder: 'penguins',
    }),
    port: portField,
    auth: accessField(''),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  summary: (params) => sayService('answer lines', params),
  check: ({ params }) => serviceFindings(params),
});
