// Arrays from text: base64, then gzip, then numbers in the order of this machine, which is little-endian.

async function bytes(text) {
  const binary = atob(text);
  const packed = new Uint8Array(binary.length);
  for (let k = 0; k < binary.length; k++) packed[k] = binary.charCodeAt(k);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function unpack(text, Type) {
  return new Type((await bytes(text)).buffer);
}

/** Whole numbers of which most are 0: pairs of varints, the distance to the one before and the value. */
export async function unpackCounts(text, length) {
  const packed = await bytes(text);
  const counts = new Uint32Array(length);
  let at = 0;
  let next = 0;
  const varint = () => {
    let value = 0;
    let scale = 1;
    let byte;
    do {
      byte = packed[next++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  };
  while (next < packed.length) {
    at += varint();
    counts[at] = varint();
  }
  return counts;
}
