/** A client of the API for benchmarks: connections that are kept open, as many as asked for, and one promise a request. */
import { Agent, request } from "node:http";

export interface BenchClient {
  /** The body of an answer of 200 to 299; anything else is an error. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<string>;
  /** The lines of a watch, as they come, until the signal aborts. */
  watch(path: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface WatchEvent {
  type: string;
  object: { metadata: { name: string; resourceVersion: string } } & Record<string, unknown>;
}

export function benchClient(url: string, connections: number): BenchClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: (method, path, body, headers = {}) => send(agent, new URL(path, url), method, body, headers),
    watch: (path, onEvent, signal) => watch(new URL(path, url), onEvent, signal),
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, url: URL, method: string, body: unknown, headers: Record<string, string>): Promise<string> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { "Content-Type": "application/json", ...headers } });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let answer = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
      response.on("end", () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(answer);
        else reject(new Error(`${method} ${url.pathname} was answered with ${statusCode}: ${answer.slice(0, 300)}`));
      });
    });
    outgoing.end(text);
  });
}

/** Resolves when the watch has begun. */
function watch(url: URL, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false });
    outgoing.on("error", (error) => (signal.aborted ? undefined : reject(error)));
    outgoing.on("response", (response) => {
      let rest = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onEvent(JSON.parse(line) as WatchEvent);
      });
      response.on("error", () => {});
      resolve();
    });
    signal.addEventListener("abort", () => outgoing.destroy());
    outgoing.end();
  });
}
