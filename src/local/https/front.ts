/** The TLS server in front of the Worker's own socket: HTTP/2 and HTTP/1.1, each request handed on as it comes. */
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Certificate } from "./certificate.ts";
import { forward } from "./forward.ts";
import { WorkerAgent } from "./worker-connection.ts";

export interface Front {
  port: number;
  /** From the next connection on. */
  renew(certificate: Certificate): void;
  /** Ends every connection. */
  stop(): Promise<void>;
}

/** The Worker's socket closes a connection that was idle for 15 seconds; ours must be given up before that. */
const idleMs = 10_000;
/** Of one connection at a time. Those of Kubernetes' own API server are 100 for strangers and 1,000 at most. */
const maxConcurrentStreams = 250;

/** Throws in the system's words if it cannot listen. */
export async function startFront(
  { host, port }: { host: string; port: number },
  certificate: Certificate,
  worker: URL,
): Promise<Front> {
  const agent = new WorkerAgent({ keepAlive: true, timeout: idleMs });
  const server = createSecureServer(
    { ...tlsOptions(certificate), allowHTTP1: true, settings: { maxConcurrentStreams } },
    (request, response) => forward(request, response, { url: worker, agent }),
  );
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    renew: (renewed) => server.setSecureContext(tlsOptions(renewed)),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const connection of connections) connection.destroy();
      agent.destroy();
      await closed;
    },
  };
}

function tlsOptions({ server, key }: Certificate): { cert: string; key: string } {
  return { cert: server, key };
}
