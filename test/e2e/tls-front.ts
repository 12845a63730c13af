/**
 * TLS and HTTP/2 in front of the local server, as clients of DNS over HTTPS insist on, with a certificate of an
 * authority of its own. For tests: it adds nothing and holds nothing back.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";

export interface TlsFront {
  port: number;
  /** The authority that clients have to trust, in PEM. */
  caFile: string;
  /** What was asked for, proof that it came this way. */
  paths: string[];
  close: () => Promise<void>;
}

/** Listens on 127.0.0.1, for that address and for localhost. */
export async function startTlsFront(url: string, folder: string): Promise<TlsFront> {
  const { key, cert, caFile } = makeCertificates(folder);
  const paths: string[] = [];
  const sockets = new Set<Socket>();
  const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    paths.push(request.url);
    void passOn(url, request, response);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    caFile,
    paths,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

async function passOn(url: string, request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Uint8Array[]);
  const { accept, "content-type": contentType } = request.headers;
  const passed = await fetch(new URL(request.url, url), {
    method: request.method,
    headers: { ...(accept && { accept }), ...(contentType && { "content-type": contentType }) },
    ...(body.length > 0 && { body }),
  });
  const octets = Buffer.from(await passed.arrayBuffer());
  const headers = ["content-type", "cache-control"].map((name) => [name, passed.headers.get(name) ?? ""]);
  // dig 9.18 takes no answer without its length.
  response.writeHead(passed.status, { ...Object.fromEntries(headers), "content-length": octets.length }).end(octets);
}

function makeCertificates(folder: string) {
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("san"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  const newKey = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  const authority = ["-x509", "-subj", "/CN=Rollcall's tests", "-keyout", file("ca.key"), "-out", file("ca.pem")];
  const signing = ["x509", "-req", "-days", "30", "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"];
  openssl(...newKey, ...authority);
  openssl(...newKey.slice(0, -2), "-subj", "/CN=localhost", "-keyout", file("key.pem"), "-out", file("request.pem"));
  openssl(...signing, "-in", file("request.pem"), "-extfile", file("san"), "-out", file("cert.pem"));
  return { key: readFileSync(file("key.pem")), cert: readFileSync(file("cert.pem")), caFile: file("ca.pem") };
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
