/** base64url without padding (RFC 4648 §5), as RFC 8484 §6 wants it. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const notInAlphabet = 0xff;
const sextets = new Uint8Array(128).fill(notInAlphabet);
for (let sextet = 0; sextet < alphabet.length; sextet++) sextets[alphabet.charCodeAt(sextet)] = sextet;

/** Undefined for other characters, padding included, and for impossible lengths. Bits left over are ignored. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined;
  const octets = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let offset = 0;
  for (let index = 0; index < text.length; index++) {
    const sextet = sextets[text.charCodeAt(index)] ?? notInAlphabet;
    if (sextet === notInAlphabet) return undefined;
    bits = ((bits << 6) | sextet) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    octets[offset++] = bits >> bitCount;
  }
  return octets;
}

export function encodeBase64Url(octets: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const octet of octets) {
    bits = ((bits << 8) | octet) & 0xffff;
    bitCount += 8;
    for (; bitCount >= 6; bitCount -= 6) text += alphabet.charAt((bits >> (bitCount - 6)) & 0x3f);
  }
  return bitCount === 0 ? text : text + alphabet.charAt((bits << (6 - bitCount)) & 0x3f);
}
