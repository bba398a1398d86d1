// Computes the SHA-256 (FIPS 180-4) of a file piece by piece: browsers only hash what they hold whole.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
{
  // The first bits of the fractional parts of cube and square roots of the first primes.
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
  let found = 0;
  for (let number = 2; found < 64; number++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) { isPrime = false; break; }
    if (!isPrime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found++] = fraction(Math.cbrt(number));
  }
}

const words = new Uint32Array(64);

function block(state, bytes, at) {
  for (let i = 0; i < 16; i++, at += 4) {
    words[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15], y = words[i - 2];
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    words[i] = words[i - 16] + s0 + words[i - 7] + s1 | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const first = h + s1 + (e & f ^ ~e & g) + K[i] + words[i] | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const second = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g; g = f; f = e; e = d + first | 0; d = c; c = b; b = a; a = first + second | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

async function sha256(file, told) {
  const state = START.slice();
  const rest = new Uint8Array(128);
  let held = 0, done = 0, next = 0;
  const reader = file.stream().getReader();
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) break;
    let at = 0;
    if (held > 0) {
      at = Math.min(64 - held, value.length);
      rest.set(value.subarray(0, at), held);
      held += at;
      if (held === 64) { block(state, rest, 0); held = 0; }
    }
    for (; held === 0 && at + 64 <= value.length; at += 64) block(state, value, at);
    if (at < value.length) { rest.set(value.subarray(at), held); held += value.length - at; }
    done += value.length;
    if (done >= next) { told(done); next = done + (4 << 20); }
  }
  rest.fill(0, held);
  rest[held] = 0x80;
  const length = held < 56 ? 64 : 128;
  const view = new DataView(rest.buffer);
  view.setUint32(length - 8, Math.floor(done / 2 ** 29));
  view.setUint32(length - 4, done * 8 >>> 0);
  for (let at = 0; at < length; at += 64) block(state, rest, at);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

onmessage = async ({ data: file }) => {
  try {
    postMessage({ hex: await sha256(file, (done) => postMessage({ done })) });
  } catch (problem) {
    postMessage({ problem: String(problem) });
  }
};
