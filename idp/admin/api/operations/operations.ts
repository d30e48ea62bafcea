// The table of the API, one part for each kind of thing.
import type { Operation } from '../operation.ts';
import { activityOperations, type ActivityParts } from './activity.ts';
import { clientOperations, type ClientParts } from './clients.ts';
import { credentialOperations, type CredentialParts } from './credentials.ts';
import { lifeOperations, type LifeParts } from './life.ts';
import { operatorOperations, type OperatorParts } from './operators.ts';
import { permissionOperations, type PermissionParts } from './permissions.ts';
import { programOperations, type ProgramParts } from './programs.ts';
import { requestOperations, type RequestParts } from './requests.ts';
import { trailOperations, type TrailParts } from './trail.ts';
import { unitOperations, type UnitParts } from './units.ts';

export type OperationParts = UnitParts &
  ActivityParts &
  TrailParts &
  ClientParts &
  RequestParts &
  LifeParts &
  CredentialParts &
  OperatorParts &
  ProgramParts &
  PermissionParts;

export function listOperations(parts: OperationParts): readonly Operation[] {
  return [
    ...unitOperations(parts),
    ...clientOperations(parts),
    ...requestOperations(parts),
    ...lifeOperations(parts),
    ...credentialOperations(parts),
    ...activityOperations(parts),
    ...trailOperations(parts),
    ...operatorOperations(parts),
    ...programOperations(parts),
    ...permissionOperations(parts),
  ];
}
