/** What the kinds that look at a training step by step declare alike. */
import { field } from './fields/fields.ts';

export const watchFields = {
  optimizer: field.choice({
    title: 'Optimizer',
    help: 'Plain gradient descent goes down the slope; Adam scales each weight’s steps by what its slopes were.',
    choices: { sgd: 'gradient descent', adam: 'Adam' },
    default: 'sgd',
    section: 'Training',
  }),
  learningRate: field.number({
    title: 'Learning rate',
    help: 'How far each step goes. Try one that is too large: the loss jumps.',
    default: 0.1,
    min: 0.000_001,
    max: 10,
    step: 0.05,
    section: 'Training',
  }),
  batchSize: field.integer({
    title: 'Batch size',
    help: 'How many rows a step looks at together. With 1, each row pulls by itself.',
    default: 16,
    min: 1,
    max: 4096,
    section: 'Training',
  }),
  epochs: field.integer({
    title: 'Epochs',
    help: 'How often each row is seen.',
    default: 30,
    min: 1,
    max: 1000,
    section: 'Training',
  }),
  looks: field.integer({
    title: 'Snapshots',
    help: 'At how many moments the network is looked at, spread over the training.',
    default: 40,
    min: 2,
    max: 200,
    section: 'Training',
  }),
  seed: field.integer({
    title: 'Seed',
    help: 'Where chance begins: other weights at first, another order of the rows.',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    section: 'Training',
  }),
};
