/** The bridge on real sockets, in front of a DNS over HTTPS server that the test speaks for. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import packet from "dns-packet";
import { describe, expect, it, onTestFinished } from "vitest";
import { startBridge, type Bridge, type BridgeOptions } from "../../src/bridge/bridge.ts";
import { listenTcp } from "../../src/bridge/listen-tcp.ts";
import { framed, StreamMessages } from "../../src/bridge/stream-messages.ts";
import { address, lines, query, read, response, type Decoded } from "./messages.ts";

const web = "web.default.svc.cluster.local";
const here = "127.0.0.1";

/** Listens on any port of this machine until the test is over. */
async function listening(server: Server): Promise<number> {
  server.listen(0, here);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Answers each question over HTTPS with the message that `answer` makes of it. */
function answering(answer: (asked: Buffer, name: string) => Buffer | Promise<Buffer>): RequestListener {
  const handle = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const asked = Buffer.concat((await request.toArray()) as Uint8Array[]);
    const octets = await answer(asked, packet.decode(asked).questions?.[0]?.name ?? "");
    reply.setHeader("content-type", "application/dns-message").end(octets);
  };
  return (request, reply) => void handle(request, reply);
}

/** What DNS over HTTPS answers: so many addresses, or as the test says. */
async function rollcall(count = 1, handle?: RequestListener): Promise<URL> {
  const addresses = answering((asked, name) => {
    const answers = Array.from({ length: count }, (_, index) => address(name, `10.0.${index >> 8}.${index & 255}`));
    return response(asked, { answers });
  });
  const server = createServer(handle ?? addresses);
  onTestFinished(() => server.closeAllConnections());
  return new URL(`http://${here}:${await listening(server)}/dns-query`);
}

async function startedBridge(changes: Partial<BridgeOptions>): Promise<{ port: number; log: string[] }> {
  const log: string[] = [];
  const options: BridgeOptions = {
    upstreams: [],
    listen: [{ address: here, port: 0 }],
    zones: [["cluster", "local"]],
    searchList: [],
    ndots: 1,
    outside: "refuse",
    resolvers: [],
    ca: undefined,
    keepsAnswers: true,
    staleForSeconds: 0,
    staleTtlSeconds: 30,
    ...changes,
  };
  const bridge = await startBridge(options, (line) => log.push(line));
  if ("refused" in bridge) throw new Error(bridge.refused);
  onTestFinished(() => bridge.close());
  return { port: portOf(bridge), log };
}

function portOf({ endpoints }: Bridge): number {
  return endpoints[0]?.port ?? 0;
}

async function udpClient(port: number): Promise<UdpSocket> {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  socket.connect(port, here);
  await once(socket, "connect");
  return socket;
}

async function overUdp(port: number, message: Uint8Array): Promise<Decoded> {
  const socket = await udpClient(port);
  const replied = once(socket, "message");
  socket.send(message);
  const [reply] = (await replied) as [Uint8Array];
  return read(reply);
}

async function tcpClient(port: number): Promise<{ socket: Socket; read: (count: number) => Promise<Decoded[]> }> {
  const socket = connect(port, here);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const messages = new StreamMessages();
  return {
    socket,
    read: async (count) => {
      const received: Decoded[] = [];
      for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        received.push(...messages.take(chunk).map(read));
        if (received.length >= count) break;
      }
      return received;
    },
  };
}

describe("the bridge", () => {
  it("answers over UDP and TCP on one port", async () => {
    const { port } = await startedBridge({ upstreams: [await rollcall()], keepsAnswers: false });
    expect(lines((await overUdp(port, query(web))).answers)).toEqual([`${web} 5 A 10.0.0.0`]);
    const client = await tcpClient(port);
    client.socket.write(framed(query(web)));
    expect(lines((await client.read(1))[0]?.answers)).toEqual([`${web} 5 A 10.0.0.0`]);
  });

  it("cuts what does not fit into a datagram, and gives all of it over TCP", async () => {
    const { port } = await startedBridge({ upstreams: [await rollcall(500)] });
    const cut = await overUdp(port, query(web, "A", { udpPayloadSize: 4096 }));
    expect(cut.flag_tc).toBe(true);
    const client = await tcpClient(port);
    client.socket.write(framed(query(web)));
    const [whole] = await client.read(1);
    expect(whole).toMatchObject({ flag_tc: false });
    expect(whole?.answers).toHaveLength(500);
  });

  it("answers what can be answered first, on one connection with several questions", async () => {
    const waiting: (() => void)[] = [];
    const slowly = answering(async (asked, name) => {
      if (name === "slow.cluster.local") await new Promise<void>((goOn) => waiting.push(goOn));
      return response(asked, { rcode: 3 });
    });
    const { port } = await startedBridge({ upstreams: [await rollcall(1, slowly)] });
    const client = await tcpClient(port);
    const slow = framed(query("slow.cluster.local", "A", { id: 1 }));
    client.socket.write(Buffer.concat([slow, framed(query("fast.cluster.local", "A", { id: 2 }))]));
    expect((await client.read(1)).map(({ id }) => id)).toEqual([2]);
    for (const goOn of waiting) goOn();
    expect((await client.read(1)).map(({ id }) => id)).toEqual([1]);
  });

  it("answers what was asked before the client closed its side", async () => {
    const { port } = await startedBridge({ upstreams: [await rollcall()] });
    const client = await tcpClient(port);
    client.socket.end(framed(query(web)));
    expect(await client.read(1)).toHaveLength(1);
  });

  it("goes on after garbage, which it does not answer where it is a response", async () => {
    const { port } = await startedBridge({ upstreams: [await rollcall()] });
    const socket = await udpClient(port);
    const replies: Decoded[] = [];
    const last = new Promise<void>((seen) => {
      socket.on("message", (reply) => {
        replies.push(read(reply));
        if (replies.at(-1)?.id === 4) seen();
      });
    });
    const garbage = [new Uint8Array(), new Uint8Array(5), response(query(web, "A", { id: 2 }), {})];
    const half = query(web, "A", { id: 3 }).subarray(0, 20);
    for (const message of [...garbage, half]) socket.send(message);
    socket.send(query(web, "A", { id: 4 }));
    await last;
    expect(replies.map(({ id, rcode }) => `${id} ${rcode}`).sort()).toEqual(["3 FORMERR", "4 NOERROR"]);
  });

  it("asks the next upstream when the first is gone, and says so once", async () => {
    const gone = await rollcall(1, (_, reply) => void reply.writeHead(404).end());
    const { port, log } = await startedBridge({ upstreams: [gone, await rollcall()], keepsAnswers: false });
    for (let times = 0; times < 3; times++) expect((await overUdp(port, query(web))).rcode).toBe("NOERROR");
    expect(log).toEqual([`${gone.origin} does not answer: HTTP status 404`]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ["is no DNS message", (_, reply) => void reply.end("<html>"), /no DNS message/],
    ["leads elsewhere", (_, reply) => void reply.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), /302/],
    ["breaks off", (_, reply) => void reply.writeHead(200, { "content-length": 9 }).destroy(), /./],
    [
      "never ends",
      (_, reply) => {
        reply.setHeader("content-type", "application/dns-message");
        reply.on("error", () => undefined).write(new Uint8Array(100_000));
      },
      /longer than a DNS message/,
    ],
  ])("fails when what an upstream answers %s", async (_, handle, reason) => {
    const { port, log } = await startedBridge({ upstreams: [await rollcall(1, handle)] });
    expect((await overUdp(port, query(web))).rcode).toBe("SERVFAIL");
    expect(log).toEqual([expect.stringMatching(reason) as unknown]);
    expect(log.join("")).not.toContain("dns-query");
  });

  it("asks once more when a connection that it kept was closed meanwhile", async () => {
    const answer = answering((asked) => response(asked, {}));
    const upstream = await rollcall(1, (request, reply) => {
      // The client still takes the connection for open.
      reply.on("finish", () => request.socket.resetAndDestroy());
      answer(request, reply);
    });
    const { port, log } = await startedBridge({ upstreams: [upstream], keepsAnswers: false });
    for (let times = 0; times < 5; times++) expect((await overUdp(port, query(web))).rcode).toBe("NOERROR");
    expect(log).toEqual([]);
  });

  it("forwards what is outside to a resolver, over TCP when UDP is not enough", async () => {
    const resolver = await startedBridge({ upstreams: [await rollcall(500)], zones: [["com"]] });
    const resolvers = [
      { address: here, port: await closedPort() },
      { address: here, port: resolver.port },
    ];
    const { port } = await startedBridge({ upstreams: [await rollcall()], outside: "forward", resolvers });
    const client = await tcpClient(port);
    client.socket.write(framed(query("www.example.com")));
    expect((await client.read(1))[0]?.answers).toHaveLength(500);
  });

  it("asks no resolver that is itself, and fails at once", async () => {
    const port = await closedPort();
    const self = { address: here, port };
    await startedBridge({ upstreams: [await rollcall()], outside: "forward", listen: [self], resolvers: [self] });
    expect((await overUdp(port, query("www.example.com"))).rcode).toBe("SERVFAIL");
  });

  it("does not start on a port that is in use, and leaves nothing open", async () => {
    const port = await listening(createTcpServer());
    const free = await closedPort();
    const listen = [free, port].map((each) => ({ address: here, port: each }));
    const options = { upstreams: [await rollcall()], listen };
    await expect(startedBridge(options)).rejects.toThrow(`port ${port} of ${here} is in use`);
    await startedBridge({ ...options, listen: listen.slice(0, 1) });
  });
});

describe("a TCP connection", () => {
  it("ends when it is silent, or sends a question too slowly", async () => {
    const server = await listenTcp({ address: here, port: 0 }, async () => Promise.resolve(undefined), 50);
    onTestFinished(() => server.close());
    const { socket } = await tcpClient(server.port);
    const dripping = setInterval(() => socket.write(Uint8Array.of(1)), 5);
    onTestFinished(() => clearInterval(dripping));
    // An octet may be on its way as the other end closes, which is an error here, and an end all the same.
    socket.on("error", () => undefined).resume();
    await new Promise<void>((closed) => socket.on("close", () => closed()));
    expect(socket.destroyed).toBe(true);
  });

  it("is not read further while too much is under way on it", async () => {
    let underWay = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    const answer = async (octets: Uint8Array) => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((goOn) => answers.push(goOn));
      underWay--;
      return Uint8Array.from(octets);
    };
    const server = await listenTcp({ address: here, port: 0 }, answer);
    onTestFinished(() => server.close());
    const { socket } = await tcpClient(server.port);
    const questions = 3000;
    const messages = new StreamMessages();
    let received = 0;
    const all = new Promise<void>((seen) => {
      socket.on("data", (chunk: Buffer) => {
        received += messages.take(chunk).length;
        if (received === questions) seen();
      });
    });
    // One after the other, so that they come in more than one piece.
    for (let sent = 0; sent < questions; sent++) socket.write(framed(new Uint8Array(1000)));
    const goingOn = setInterval(() => answers.splice(0).forEach((goOn) => goOn()), 1);
    onTestFinished(() => clearInterval(goingOn));
    await all;
    // What one piece of the stream holds is taken as a whole.
    expect(most).toBeLessThan(64 + 70);
  });
});

/** A port that nothing listens on, over TCP or UDP. */
async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, here);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
