// One operation of the API: the row of the table from which routes, checks and the published document are made.
import { z } from 'zod';
import type { Act, Actor } from '../../registry/registry.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** What a handler gets: everything checked. */
export interface Call<Path, Query, Body> {
  readonly actor: Actor;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
}

/** A request as the document shows it. The tests run each against a living system. */
export interface Example {
  readonly name: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Other than the operation's own when the example is a refusal. */
  readonly status?: number;
  readonly answer: unknown;
}

export interface Operation {
  /** `listUnits`: unique, for those who generate clients. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** `/units/{unitId}`, below `/admin/api`. */
  readonly path: string;
  readonly summary: string;
  /** What the gate asks for: the domain does it, here it is for the document. Undefined: whoever has a program may. */
  readonly act: Act | undefined;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly output: z.ZodType;
  readonly status: 200 | 201;
  readonly examples: readonly Example[];
  /** Any JSON value; what `output` does not name is left out of the answer. */
  readonly run: (call: Call<unknown, unknown, unknown>) => Promise<unknown>;
}

interface Described<P extends Shape, Q extends Shape, B extends z.ZodType> extends Omit<
  Operation,
  'params' | 'query' | 'body' | 'status' | 'run'
> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly status?: 201;
  readonly run: (
    call: Call<
      z.output<z.ZodObject<P, z.core.$strict>>,
      z.output<z.ZodObject<Q, z.core.$strict>>,
      z.output<B>
    >,
  ) => Promise<unknown>;
}

/** Ties the types of the handler to its schemas; members that no schema names are refused. */
export function operation<
  const P extends Shape = Shape,
  const Q extends Shape = Shape,
  B extends z.ZodType = z.ZodUndefined,
>(described: Described<P, Q, B>): Operation {
  const { params, query, body, status = 200, run, ...others } = described;
  return {
    ...others,
    params: z.strictObject(params ?? {}),
    query: z.strictObject(query ?? {}),
    body,
    status,
    // The route has parsed all three with the schemas above.
    run: (call) => run(call as Parameters<typeof run>[0]),
  };
}
