// The services of the benchmark, the same for the product and the yardstick.

/** The API that gets JWT access tokens. */
export const API = { uri: 'https://api.bench.example.gov.cn', scopes: 'cases:read' } as const;

/** Nobody listens there: the generator reads the code from the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

export interface Registered {
  readonly id: string;
  readonly secret: string;
  readonly metadata: {
    readonly client_id: string;
    readonly client_secret: string;
    readonly token_endpoint_auth_method: 'client_secret_basic';
    readonly grant_types: string[];
    readonly response_types: 'code'[];
    readonly redirect_uris: string[];
    readonly scope: string;
  };
}

function registered(id: string, scope: string, grants: string[]): Registered {
  const secret = `${id}-secret-of-the-benchmark`;
  const interactive = grants.includes('authorization_code');
  return {
    id,
    secret,
    metadata: {
      client_id: id,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: grants,
      response_types: interactive ? ['code'] : [],
      redirect_uris: interactive ? [REDIRECT_URI] : [],
      scope,
    },
  };
}

export const WEB = registered('bench-web', 'openid profile phone offline_access', [
  'authorization_code',
  'refresh_token',
]);

export const MACHINE = registered('bench-machine', 'openid', ['client_credentials']);

/** Public clients, copied in the database from the first of them: `bench-many-1` to `bench-many-50000`. */
export const MANY = { prefix: 'bench-many-', most: 50_000, few: 50 } as const;

export const PATTERN = {
  client_id: `${MANY.prefix}1`,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: [REDIRECT_URI],
  scope: 'openid profile',
} as const;

export const CLIENTS: readonly Registered[] = [WEB, MACHINE];
