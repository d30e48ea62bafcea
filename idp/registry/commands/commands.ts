// What an operator at the machine does with relying parties and the people who manage them.
import type { Feature } from '../../platform/http/feature.ts';
import { operatorCommands, type OperatorCommandParts } from './operators.ts';
import { programCommands, type ProgramCommandParts } from './programs.ts';

export type PartiesCommandParts = OperatorCommandParts & ProgramCommandParts;

export function partiesFeature(parts: PartiesCommandParts): Feature {
  return { name: 'relying parties', commands: [...operatorCommands(parts), ...programCommands(parts)] };
}
