/** Octets from a stream, up to a limit. */
import { joinOctets } from "./wire/join-octets.ts";

/** Undefined when there are more than `limit`; then the rest is not read. */
export async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return joinOctets(chunks);
    chunks.push(value);
    length += value.length;
    if (length <= limit) continue;
    await reader.cancel();
    return undefined;
  }
}
