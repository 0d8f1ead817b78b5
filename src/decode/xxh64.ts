/**
 * XXH64, the checksum of a zstd frame. It counts in 64 bits, which are two halves here: BigInt takes many times as long.
 *
 * Spec: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
 */

/** The low halves of the five primes; {@link PRIME_HIGH} has the high ones. */
const PRIME_LOW: Int32Array = Int32Array.of(
  0x85ebca87,
  0x27d4eb4f,
  0x9e3779f9,
  0xc2b2ae63,
  0x165667c5,
);
const PRIME_HIGH: Int32Array = Int32Array.of(
  0x9e3779b1,
  0xc2b2ae3d,
  0x165667b1,
  0x85ebca77,
  0x27d4eb2f,
);

/** What is taken at once by four lanes, in bytes. */
const STRIPE = 32;

/**
 * Returns the low 32 bits, unsigned, of the hash of bytes with seed 0: what a frame keeps of it.
 */
export function xxh64Low(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hash = new Word(PRIME_HIGH[4] as number, PRIME_LOW[4] as number);
  const striped = bytes.length - bytes.length % STRIPE;
  if (striped > 0) hashStripes(view, striped, hash);
  hash.add(0, bytes.length);
  hashRest(view, striped, hash);
  hash.xorShifted(33);
  hash.multiply(2);
  hash.xorShifted(29);
  hash.multiply(3);
  hash.xorShifted(32);
  return hash.low >>> 0;
}

/** A number of 64 bits that wraps around. Primes are named by number, as in the specification. */
class Word {
  high: number;
  low: number;

  constructor(high: number, low: number) {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(high: number, low: number): void {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    this.low = sum | 0;
  }

  addPrime(prime: number): void {
    this.add(PRIME_HIGH[prime - 1] as number, PRIME_LOW[prime - 1] as number);
  }

  multiply(prime: number): void {
    const high = PRIME_HIGH[prime - 1] as number;
    const low = PRIME_LOW[prime - 1] as number;
    const carried = multiplyHigh(this.low, low);
    this.high = (carried + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = Math.imul(this.low, low);
  }

  xor({ high, low }: Word): void {
    this.high ^= high;
    this.low ^= low;
  }

  /** Folds the word, shifted to the right, onto itself. */
  xorShifted(bits: number): void {
    if (bits >= 32) {
      this.low ^= this.high >>> (bits - 32);
    } else {
      this.low ^= this.low >>> bits | this.high << (32 - bits);
      this.high ^= this.high >>> bits;
    }
  }

  /** Rotates to the left by 1 to 31 bits. */
  rotate(bits: number): void {
    const { high, low } = this;
    this.high = high << bits | low >>> (32 - bits);
    this.low = low << bits | high >>> (32 - bits);
  }

  /** One round of a lane. */
  round(high: number, low: number): void {
    const input = new Word(high, low);
    input.multiply(2);
    this.add(input.high, input.low);
    this.rotate(31);
    this.multiply(1);
  }
}

/** The high 32 bits of the product of two unsigned numbers of 32 bits. */
function multiplyHigh(a: number, b: number): number {
  const [lowA, highA, lowB, highB] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const first = highA * lowB + (lowA * lowB >>> 16);
  const second = lowA * highB + (first & 0xffff);
  return highA * highB + (first >>> 16) + (second >>> 16);
}

function hashStripes(view: DataView, size: number, hash: Word): void {
  const lanes = [new Word(0, 0), new Word(0, 0), new Word(0, 0), new Word(0, 0)] as const;
  const [first, second, , fourth] = lanes;
  first.addPrime(1);
  first.addPrime(2);
  second.addPrime(2);
  // Minus the first prime.
  fourth.add(~(PRIME_HIGH[0] as number), ~(PRIME_LOW[0] as number));
  fourth.add(0, 1);
  for (let at = 0; at < size; at += STRIPE) {
    for (let i = 0; i < lanes.length; i++) roundAt(lanes[i] as Word, view, at + 8 * i);
  }
  joinLanes(lanes, hash);
}

function joinLanes(lanes: readonly Word[], hash: Word): void {
  hash.high = 0;
  hash.low = 0;
  lanes.forEach(({ high, low }, i) => {
    const rotated = new Word(high, low);
    rotated.rotate([1, 7, 12, 18][i] as number);
    hash.add(rotated.high, rotated.low);
  });
  for (const { high, low } of lanes) {
    const merged = new Word(0, 0);
    merged.round(high, low);
    hash.xor(merged);
    hash.multiply(1);
    hash.addPrime(4);
  }
}

/** What is left after the stripes: eight bytes at a time, then four, then single ones. */
function hashRest(view: DataView, start: number, hash: Word): void {
  let at = start;
  for (; at + 8 <= view.byteLength; at += 8) {
    const lane = new Word(0, 0);
    roundAt(lane, view, at);
    mix(hash, lane, 27, 1, 4);
  }
  if (at + 4 <= view.byteLength) {
    const lane = new Word(0, view.getInt32(at, true));
    lane.multiply(1);
    mix(hash, lane, 23, 2, 3);
    at += 4;
  }
  for (; at < view.byteLength; at++) {
    const lane = new Word(0, view.getUint8(at));
    lane.multiply(5);
    hash.xor(lane);
    hash.rotate(11);
    hash.multiply(1);
  }
}

function roundAt(lane: Word, view: DataView, at: number): void {
  lane.round(view.getInt32(at + 4, true), view.getInt32(at, true));
}

function mix(hash: Word, lane: Word, bits: number, factor: number, summand: number): void {
  hash.xor(lane);
  hash.rotate(bits);
  hash.multiply(factor);
  hash.addPrime(summand);
}
