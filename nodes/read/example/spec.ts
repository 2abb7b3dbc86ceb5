import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'read.example',
  version: 1,
  computes: 1,
  title: 'Example data',
  about: 'A small data set that comes with Flowyard, to try things out.',
  keywords: [
    'example',
    'sample',
    'demo',
    'toy data',
    'datasets',
    'penguins',
    'iris',
    'load_dataset',
    'tutorial',
    'sample data',
    'example dataset',
    'demo data',
    'test data',
    'weather data',
    'built-in data',
  ],
  icon: 'flask-conical',
  inputs: {},
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    dataset: field.choice({
      title: 'Data set',
      help: 'Each comes with its source and licence in the help.',
      choices: {
        penguins: 'Penguins: three species by body measures',
        cars: 'Cars: how far they go on a gallon',
        'seattle-weather': 'Seattle weather: four years, day by day',
        forms: 'Delivery notes: what stands on the 12 scanned forms',
        'seattle-normals': 'Seattle normals: what is usual on each day, to look up',
        reviews: 'Reviews: 320 short ones, good and bad',
        'handbook-questions': 'Handbook questions: what people ask about an invented island',
        'support-assistant': 'Support: what to answer for an invented maker of kettles',
        'support-questions': 'Support questions: asked in other words',
        'everyday-texts': 'Everyday texts: plain sentences',
      },
      default: 'penguins',
    }),
  }),
  form: 'relational',
  rows: 'more',
  summary: (p) => `the ${p.dataset} data set`,
});
