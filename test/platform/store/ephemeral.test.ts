import { describeEphemeral } from '../../conformance/ephemeral.ts';
import { backEnds } from '../../support/ephemeral.ts';

for (const { name, open } of backEnds()) describeEphemeral(name, open);
