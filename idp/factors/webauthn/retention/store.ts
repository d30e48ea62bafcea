// SQL of the end of a citizen's passkeys.
import type { AuditedTx } from '../../../audit/audit.ts';
import { sql } from '../../../platform/store/postgres.ts';

export async function removeAll(tx: AuditedTx, citizenId: string): Promise<void> {
  // The look-up is spread by credential, so it is told which ones.
  const gone = await tx.rows<{ credential: Buffer }>(sql`
    delete from factors.webauthn_credential where citizen_id = ${citizenId} returning credential_id as credential`);
  await tx.run(sql`
    delete from factors.webauthn_lookup where credential_id = any(${gone.map(({ credential }) => credential)})`);
  await tx.run(sql`delete from factors.webauthn_declined where citizen_id = ${citizenId}`);
}
