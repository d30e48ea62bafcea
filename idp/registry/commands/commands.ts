// What an operator at the machine does with relying parties and the people who manage them.
import type { Feature } from '../../platform/http/feature.ts';
import { applyCommand, type ApplyCommandParts } from './apply.ts';
import { clientCommands, type ClientCommandParts } from './clients.ts';
import { logsCommand, type LogsCommandParts } from './logs.ts';
import { operatorCommands, type OperatorCommandParts } from './operators.ts';
import { programCommands, type ProgramCommandParts } from './programs.ts';

export type PartiesCommandParts = OperatorCommandParts &
  ProgramCommandParts &
  ApplyCommandParts &
  ClientCommandParts &
  LogsCommandParts;

export function partiesFeature(parts: PartiesCommandParts): Feature {
  return {
    name: 'relying parties',
    commands: [
      applyCommand(parts),
      ...clientCommands(parts),
      ...operatorCommands(parts),
      ...programCommands(parts),
      logsCommand(parts),
    ],
  };
}
