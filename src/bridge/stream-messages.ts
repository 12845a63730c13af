/** Cuts a TCP stream into DNS messages, each behind its length in two octets (RFC 1035 §4.2.2). Holds one at most. */

export class StreamMessages {
  #rest: Uint8Array = new Uint8Array();

  /** The messages that `chunk` completes. */
  take(chunk: Uint8Array): Uint8Array[] {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Uint8Array[] = [];
    for (;;) {
      const length = ((rest[0] ?? 0) << 8) | (rest[1] ?? 0);
      if (rest.length < 2 || rest.length < 2 + length) break;
      messages.push(rest.subarray(2, 2 + length));
      rest = rest.subarray(2 + length);
    }
    this.#rest = rest;
    return messages;
  }
}

export function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(2 + message.length);
  frame[0] = message.length >> 8;
  frame[1] = message.length;
  frame.set(message, 2);
  return frame;
}
