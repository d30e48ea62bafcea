// The contract by which a table of blind-index digests moves to the next key; keys/ runs it.

/** Where a table stands, in lookups. */
export interface Reindexed {
  readonly table: string;
  /** `kept`: nothing to do. `filling`: digests under the next key are added. `sweeping`: those of the last key go. */
  readonly phase: 'kept' | 'filling' | 'sweeping';
  /** Under the active key. */
  readonly done: number;
  /** That have no digest under the active key yet. */
  readonly left: number;
  /** Under other keys. */
  readonly old: number;
}

export interface Reindexing {
  /**
   * Goes on towards the active key as long as `more` says so. One at a time: the caller holds the lock. Answers what
   * stands in the way, by identifiers alone, at most 20.
   */
  run(more: () => boolean): Promise<readonly string[]>;
  /** Counts, and writes nothing. */
  look(): Promise<Reindexed>;
}
