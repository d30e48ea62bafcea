// The contract by which the sealed columns of a table are sealed anew after a rotation. The SQL stays in the store.ts of
// the folder that owns the table; app.ts collects the tables, keys/ walks them.
import type { Queryable } from '../store/postgres.ts';

export interface SealedRow<Column extends string = string> {
  /** The primary key, its columns as text and in their order. */
  readonly key: readonly string[];
  /** Null where nothing stands. */
  readonly values: Readonly<Record<Column, Buffer | null>>;
}

/**
 * One table. The value of its column `number_sealed` is sealed for the place `citizens.document.number` and bound to the
 * last column of the primary key.
 */
export interface SealedTable<Column extends string = string> {
  /** `citizens.document` */
  readonly name: string;
  /** All sealed columns, without `_sealed`. */
  readonly columns: readonly Column[];
  /** The next rows in the order of the primary key, without locking them; the first ones when `after` is empty. */
  read(db: Queryable, after: readonly string[], limit: number): Promise<readonly SealedRow<Column>[]>;
  /**
   * Compare-and-set: writes `fresh` where all sealed values are still those of `row`, so that whoever wrote meanwhile
   * wins. Answers how many rows were written, 0 or 1. No version moves: nothing changed but the key.
   */
  swap(db: Queryable, row: SealedRow<Column>, fresh: SealedRow<Column>['values']): Promise<number>;
}

/** Sorts before every uuid that is in use: where a walk in the order of a uuid begins. */
export const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

/** A row as SQL gives it, the key as an array and each value under its column's name. */
export function sealedRow<Column extends string>({
  key,
  ...values
}: { readonly key: readonly string[] } & SealedRow<Column>['values']): SealedRow<Column> {
  return { key, values: values as unknown as SealedRow<Column>['values'] };
}
