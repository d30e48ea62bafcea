// Field encryption. The associated data binds a sealed value to its column and its row, so that a sealed ID number
// copied into another citizen's row does not open.

export interface Sealer {
  /**
   * AES-256-GCM under the active `seal` key. `place` names the column (`citizens.document.number`), `row` the row.
   * Layout: version (1) | key id length (1) | key id | nonce (12) | ciphertext | tag (16).
   */
  seal(plain: string, place: string, row: string): Buffer;
  /** Throws a plain Error when the value was changed, moved, or its key is unknown. */
  open(sealed: Buffer, place: string, row: string): string;
}

export interface BlindIndex {
  /**
   * HMAC-SHA256 over `space` 0x00 value, 32 bytes, keyed by the `index` key (the number space of GB 11643 is about
   * 2.6e11: an unkeyed hash is no protection). Equal values in one space give equal digests.
   */
  digest(space: string, value: string): Buffer;
}
