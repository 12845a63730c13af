/**
 * Reads an HTTP/1.1 response as it comes in, in pieces of any size: strict about the head, indifferent to the body, of
 * which nothing is kept beyond a limit. Pure: the same octets give the same answer however they are cut. Errors are
 * worded as Go's client words them.
 * Source: RFC 9112; Go net/http ReadResponse.
 */

/** kubelet reads no more of a body than this. */
export const bodyLimitOctets = 10 * 1024;
/** All heads together, those of interim (1xx) responses included. */
export const headLimitOctets = 64 * 1024;

export interface ResponseHead {
  status: number;
  location: string | undefined;
}

export type ParseState =
  | { state: "head" }
  | { state: "body"; head: ResponseHead }
  | { state: "done"; head: ResponseHead }
  | { state: "broken"; message: string };

/** How the end of the body is known. For chunks it is guessed by the last one: the body is not looked into. */
type Framing = { by: "length"; octets: number } | { by: "chunks" } | { by: "end" };

const lineFeed = 10;

export class HttpResponseParser {
  #state: ParseState = { state: "head" };
  #line = "";
  #headOctets = 0;
  #head: ResponseHead | undefined;
  #framing: Framing = { by: "end" };
  #body = "";

  get state(): ParseState {
    return this.#state;
  }

  /** What was kept of the body, one character an octet. */
  get body(): string {
    return this.#body;
  }

  push(octets: Uint8Array): ParseState {
    let rest = octets;
    while (this.#state.state === "head" && rest.length > 0) rest = this.#pushLine(rest);
    if (this.#state.state === "body" && rest.length > 0) this.#pushBody(rest);
    return this.#state;
  }

  /** The peer has closed its side. */
  end(): ParseState {
    if (this.#state.state === "head") {
      this.#break(this.#headOctets === 0 ? "EOF" : "unexpected EOF");
    } else if (this.#state.state === "body") this.#state = { state: "done", head: this.#state.head };
    return this.#state;
  }

  /** Takes octets up to the end of the line; returns the rest. */
  #pushLine(octets: Uint8Array): Uint8Array {
    const end = octets.indexOf(lineFeed);
    const taken = octets.subarray(0, end === -1 ? octets.length : end + 1);
    const room = headLimitOctets - this.#headOctets;
    this.#headOctets += taken.length;
    this.#line += latin1(taken.subarray(0, room));
    if (taken.length > room) {
      this.#break(`net/http: server response headers exceeded ${headLimitOctets} bytes; aborted`);
    } else if (end !== -1) {
      const line = this.#line.replace(/\r?\n$/, "");
      this.#line = "";
      this.#takeLine(line);
    }
    return octets.subarray(taken.length);
  }

  #takeLine(line: string): void {
    if (this.#head === undefined) return this.#takeStatusLine(line);
    if (line === "") return this.#endHead(this.#head);
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/s.exec(line) ?? [];
    // A line that begins with a blank continues the one before (obs-fold); none that is read here is ever folded.
    if (name === undefined || value === undefined) {
      if (!/^[ \t]/.test(line)) this.#break(`malformed MIME header line: ${line}`.slice(0, 200));
      return;
    }
    this.#takeHeader(this.#head, name.toLowerCase(), value);
  }

  #takeStatusLine(line: string): void {
    const parts = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/s.exec(line);
    const status = Number(parts?.[1]);
    if (parts === null || status < 100) {
      const code = /^HTTP\/1\.[01] +([^ ]*)/.exec(line)?.[1];
      return this.#break(code === undefined ? malformed("response", line) : malformed("status code", code));
    }
    this.#head = { status, location: undefined };
    this.#framing = { by: "end" };
  }

  #takeHeader(head: ResponseHead, name: string, value: string): void {
    if (name === "location") head.location ??= value;
    else if (name === "transfer-encoding" && /\bchunked$/i.test(value)) this.#framing = { by: "chunks" };
    else if (name === "content-length" && this.#framing.by !== "chunks") this.#takeLength(value);
  }

  #takeLength(value: string): void {
    if (!/^\d{1,15}$/.test(value)) return this.#break(`bad Content-Length ${JSON.stringify(value)}`);
    const octets = Number(value);
    if (this.#framing.by === "length" && this.#framing.octets !== octets) {
      return this.#break("http: message cannot contain multiple Content-Length headers");
    }
    this.#framing = { by: "length", octets };
  }

  #endHead(head: ResponseHead): void {
    // 101 is final, since nothing was asked to be upgraded; the others announce a response that is still to come.
    if (head.status < 200 && head.status !== 101) {
      this.#head = undefined;
      return;
    }
    const empty = head.status === 204 || head.status === 304 || head.status === 101;
    const nothing = this.#framing.by === "length" && this.#framing.octets === 0;
    this.#state = { state: empty || nothing ? "done" : "body", head };
  }

  #pushBody(octets: Uint8Array): void {
    if (this.#state.state !== "body") return;
    this.#body += latin1(octets.subarray(0, bodyLimitOctets - this.#body.length));
    const length = bodyLength(this.#body, this.#framing);
    if (length === undefined) return;
    this.#body = this.#body.slice(0, length);
    this.#state = { state: "done", head: this.#state.head };
  }

  #break(message: string): void {
    this.#state = { state: "broken", message };
  }
}

/** How long the body is, when all of it that is wanted has come. */
function bodyLength(body: string, framing: Framing): number | undefined {
  const enough = body.length >= bodyLimitOctets ? bodyLimitOctets : undefined;
  switch (framing.by) {
    case "length":
      return body.length >= framing.octets ? framing.octets : enough;
    case "chunks": {
      const last = /(?:^|\r\n)0\r\n\r\n/.exec(body);
      return last === null ? enough : last.index + last[0].length;
    }
    case "end":
      return enough;
  }
}

function malformed(part: "response" | "status code", text: string): string {
  const shown = JSON.stringify(text.slice(0, 64));
  return `net/http: HTTP/1.x transport connection broken: malformed HTTP ${part} ${shown}`;
}

function latin1(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}
