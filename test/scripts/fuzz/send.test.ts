/** What the fuzzing of a server takes for a find, against servers that are at fault on purpose. */
import { once } from "node:events";
import { Agent, createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { send } from "../../../scripts/fuzz/send.ts";

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sendTo(url: string, path = "/", hangMs?: number) {
  const request = { method: "PUT", path, contentType: "a/b", body: Uint8Array.of(0, 255) };
  return send(url, request, new Agent(), hangMs);
}

it.each([
  [200, false],
  [404, false],
  [500, true],
  [501, false],
  [502, true],
  [503, false],
  [504, false],
  [505, true],
])("takes %i for a find: %s", async (status, isFind) => {
  const url = await answering((_, response) => response.writeHead(status).end("why"));
  expect(await sendTo(url)).toEqual({ status, fault: isFind ? `${status}: why` : undefined });
});

it("sends path and body as they are", async () => {
  const url = await answering((request, response) => {
    request.on("data", (body: Buffer) => {
      response.writeHead(500).end(`${request.method} ${request.url} ${request.headers["content-type"]} ${body.join()}`);
    });
  });
  expect((await sendTo(url, "//a/../%zz?b")).fault).toBe("500: PUT //a/../%zz?b a/b 0,255");
});

it("does not wait for the end of a watch", async () => {
  const url = await answering((_, response) => response.writeHead(200).write("{}\n"));
  expect(await sendTo(url, "/pods?watch=true")).toEqual({ status: 200, fault: undefined });
});

it("takes a closed connection for a find", async () => {
  const url = await answering((request) => request.socket.destroy());
  await expect(sendTo(url)).rejects.toThrow("socket hang up");
});

it("takes silence for a find, before the answer and in it", async () => {
  const silent = await answering(() => undefined);
  await expect(sendTo(silent, "/", 20)).rejects.toThrow("no answer within 0.02 s");
  const halting = await answering((_, response) => response.writeHead(200).write("{"));
  await expect(sendTo(halting, "/", 200)).rejects.toThrow(/no answer within|aborted/);
});
