/**
 * A small real pod, run as `node pod.ts <address> <port> <folder> [tcp]`. `/ready` answers 200 while the file `ready` exists
 * in its folder, and 503 otherwise; every other path says which process answers. With `tcp` it only accepts connections.
 */
import { existsSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";

const [address = "", port = "", folder = "", kind = "http"] = process.argv.slice(2);

const http = createHttpServer((request, response) => {
  if (request.url === "/ready") {
    response.statusCode = existsSync(join(folder, "ready")) ? 200 : 503;
    response.end(response.statusCode === 200 ? "ready\n" : "not ready\n");
    return;
  }
  response.end(`process ${process.pid}\n`);
});
const tcp = createTcpServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.end();
});

(kind === "tcp" ? tcp : http)
  .on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  })
  .listen(Number(port), address, () => console.log("listening"));

// Whoever started it holds the other end: when that process is gone, however it went, so is the pod.
process.stdin.on("end", () => process.exit(0)).resume();
