// Relying parties: units, clients, their lifecycle and credentials. Not here: the protocol (oidc/), federation.
import type { Brand } from '../platform/base/ids.ts';
import type { Secret } from '../platform/base/secret.ts';
import type { Level } from '../assurance/assurance.ts';

export type UnitId = Brand<string, 'UnitId'>;
export type ClientId = Brand<string, 'ClientId'>;

/** A text in both languages of the pages. */
export interface Bilingual {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** What a service may ask about a citizen, with the purpose that the consent page shows. */
export interface ClaimGrant {
  readonly purpose: Bilingual;
  /** False: the citizen may leave it out. */
  readonly required: boolean;
}

/** A registered relying party, as the rest of the system sees it. */
export interface Client {
  readonly clientId: ClientId;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly name: Bilingual;
  /** The verified domain shown to citizens, e.g. gjj.jianglin.example.gov.cn. */
  readonly domain: string;
  /** A path on our own origin, or undefined: the first character of the name stands in. */
  readonly logo: string | undefined;
  readonly minimumLevel: Level;
  /** Our own pages (the account centre): no consent page. */
  readonly firstParty: boolean;
  /** By claim name (`name`, `phone_number`, ...). Nothing outside this list is ever released. */
  readonly claims: Readonly<Record<string, ClaimGrant>>;
  readonly enabled: boolean;
  readonly version: number;
  /** OIDC client metadata (OpenID Connect Registration 1.0 section 2) in the engine's form, secret included. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Where clients come from. The registry is one source; federation will be another. */
export interface ClientSource {
  find(clientId: string): Promise<Client | undefined>;
}

export interface Imported {
  readonly clientId: ClientId;
  readonly is: 'created' | 'updated' | 'unchanged';
  /** Present once, when the secret was generated now. */
  readonly secret: Secret | undefined;
}

export interface Registry extends ClientSource {
  /** Cached in process; a change on any node is seen in <= 1 s, in <= 60 s if the signal is lost. */
  find(clientId: string): Promise<Client | undefined>;
  /**
   * Registers or updates from standard OIDC metadata (one object or an array), all or nothing. Throws Fault
   * `bad_request` whose note names client, member, value and rule.
   */
  import(metadata: unknown, actor: string): Promise<readonly Imported[]>;
  list(): Promise<readonly Client[]>;
  disable(clientId: string, actor: string): Promise<boolean>;
  close(): Promise<void>;
}
