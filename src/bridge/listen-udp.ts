/** Questions over UDP. What comes faster than it is answered is dropped, as a full queue of the system would do. */
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Endpoint } from "./endpoint.ts";

/** Undefined when there is nothing to reply to. Never rejects. */
export type Answer = (query: Uint8Array) => Promise<Uint8Array | undefined>;

export interface Listener {
  port: number;
  close(): Promise<void>;
}

const mostUnderWay = 1000;

/** Throws what the system says if it cannot listen there. */
export async function listenUdp({ address, port }: Endpoint, answer: Answer): Promise<Listener> {
  const isV6 = isIPv6(address);
  const socket = createSocket({ type: isV6 ? "udp6" : "udp4", ipv6Only: isV6 });
  let underWay = 0;
  let isOpen = true;
  const reply = async (query: Uint8Array, client: RemoteInfo): Promise<void> => {
    underWay++;
    const octets = await answer(query);
    underWay--;
    // A client that cannot be reached asks again, or does not.
    if (octets !== undefined && isOpen) socket.send(octets, client.port, client.address, () => undefined);
  };
  socket.on("message", (query, client) => {
    // Port 0 is nobody's.
    if (underWay < mostUnderWay && client.port !== 0) void reply(query, client);
  });
  socket.bind({ address, port, exclusive: true });
  await once(socket, "listening");
  // What the network reports of an earlier reply concerns no other.
  socket.on("error", () => undefined);
  return {
    port: socket.address().port,
    close: () => {
      isOpen = false;
      return new Promise((closed) => socket.close(() => closed()));
    },
  };
}
