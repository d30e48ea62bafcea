// A picture from outside becomes one of ours: looked at before it is unpacked, decoded to its dots, and encoded anew.
// What is not a dot (scripts, comments, profiles, a second file behind the first) does not come through. Pure.
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode, encode, type DecodedPng } from 'fast-png';
import { rule, type Rule } from '../checks/rules.ts';

export interface Logo {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string;
  readonly png: Buffer;
}

export const LOGO_BYTES = 65_536;
const LEAST = 64;
const MOST = 512;
/** 512 rows of 512 dots of four times 16 bits, their filter bytes, and what interlacing adds. */
const UNPACKED_BYTES = 2_200_000;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export const LOGO_RULES = {
  text: rule('必须是 base64 编码的 PNG', 'must be a PNG in base64'),
  large: rule('最大 64 kB；请压缩', 'must be at most 64 kB; make it smaller'),
  png: rule('必须是 PNG 图片；请另存为 PNG', 'must be a PNG picture; save it as one'),
  size: (width: number, height: number): Rule =>
    rule(
      `是 ${width} x ${height}；必须是 64 到 512 像素的正方形`,
      `is ${width} x ${height}; it must be a square of 64 to 512 dots`,
    ),
  broken: rule('无法读取；请重新导出', 'cannot be read; export it again'),
  depth: rule(
    '每通道必须是 8 或 16 位，或使用调色板；请重新导出',
    'must have 8 or 16 bits a channel, or a palette; export it again',
  ),
} as const;

/** The picture as we serve it, or what is wrong. */
export function redraw(bytes: Buffer): Logo | Rule {
  if (bytes.length > LOGO_BYTES) return LOGO_RULES.large;
  const head = readHead(bytes);
  if (!head) return LOGO_RULES.png;
  const { width, height } = head;
  if (width !== height || width < LEAST || width > MOST) return LOGO_RULES.size(width, height);
  try {
    const plain = bare(bytes);
    return plain ? drawn(decode(plain)) : LOGO_RULES.broken;
  } catch {
    // Whatever a decoder says about bytes that somebody made up helps nobody but them.
    return LOGO_RULES.broken;
  }
}

export const isLogo = (made: Logo | Rule): made is Logo => 'digest' in made;

/** PNG 11.2.1: the first chunk says how large the picture will be, before anything is unpacked. */
function readHead(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(SIGNATURE)) return undefined;
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** The chunks that make dots, and nothing else: a profile or a text may unpack to gigabytes as well. */
const DRAWN = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Undefined when it does not end, or would unpack to more than the picture holds (a bomb). */
function bare(bytes: Buffer): Uint8Array<ArrayBuffer> | undefined {
  const kept: Buffer[] = [SIGNATURE];
  const packed: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const next = at + 12 + length;
    if (next > bytes.length) return undefined;
    // A second head would change the size that was looked at.
    if (type === 'IHDR' && at !== 8) return undefined;
    if (type === 'IDAT') packed.push(bytes.subarray(at + 8, at + 8 + length));
    if (DRAWN.has(type)) kept.push(bytes.subarray(at, next));
    if (type === 'IEND') {
      inflateSync(Buffer.concat(packed), { maxOutputLength: UNPACKED_BYTES });
      return Uint8Array.from(Buffer.concat(kept));
    }
    at = next;
  }
  return undefined;
}

function drawn(image: DecodedPng): Logo | Rule {
  const { width, height, depth, palette } = image;
  if (depth < 8 && !palette) return LOGO_RULES.depth;
  const data = palette ? convertIndexedToRgb(image) : eight(image);
  const channels = palette ? (palette[0]?.length ?? 3) : image.channels;
  const png = Buffer.from(encode({ width, height, data, channels, depth: 8 }, { zlib: { level: 9 } }));
  return { digest: createHash('sha256').update(png).digest('hex'), png };
}

/** The upper half of every value: no screen shows more. */
const eight = ({ data, depth }: DecodedPng): Uint8Array =>
  depth === 16 ? Uint8Array.from(data, (value) => value >> 8) : Uint8Array.from(data);
