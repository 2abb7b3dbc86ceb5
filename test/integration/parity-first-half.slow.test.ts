import { testHalfOfThePipelines } from '../support/parity-suite.ts';

testHalfOfThePipelines(0);
