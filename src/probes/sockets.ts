/**
 * What the transports need of the platform: connect(), fetch(), and a clock that can wait. `Connect` is the part of
 * cloudflare:sockets' connect that is used here, so that tests can put a stricter platform in its place.
 */

export interface ByteSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<unknown>;
  close(): Promise<unknown>;
}

export interface ConnectOptions {
  secureTransport: "on" | "off";
  allowHalfOpen: boolean;
}

export type Connect = (address: { hostname: string; port: number }, options: ConnectOptions) => ByteSocket;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Clock {
  nowMs(): number;
  /** Calls `run` once, `durationMs` from now, unless it is cancelled by the function it returns. */
  after(durationMs: number, run: () => void): () => void;
}

/** The end of a probe's time. */
export interface Deadline {
  /** Resolves when the time is over; never rejects. */
  readonly expired: Promise<"expired">;
  cancel(): void;
}

export function deadlineIn(clock: Clock, durationMs: number): Deadline {
  const { promise, resolve } = Promise.withResolvers<"expired">();
  return { expired: promise, cancel: clock.after(durationMs, () => resolve("expired")) };
}

/** Whichever comes first; undefined when the time was over before. What comes later is dropped, errors too. */
export async function before<T>(deadline: Deadline, work: Promise<T>): Promise<T | "expired"> {
  work.catch(() => {});
  return Promise.race([work, deadline.expired]);
}
