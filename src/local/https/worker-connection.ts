/**
 * Connections to the Worker that hear an answer out which comes before the body was sent. A body that it refuses (too
 * large, no token) the Worker does not read to the end: it answers and closes the connection, so that writing fails
 * while the answer lies there to be read.
 */
import { Agent, type ClientRequestArgs } from "node:http";
import { Socket, type TcpNetConnectOpts } from "node:net";

type Written = (error?: Error | null) => void;
type Pieces = Parameters<NonNullable<Socket["_writev"]>>[0];

/** A write that fails ends nothing: it is reading that tells whether there is an answer, or has been the end. */
class WorkerConnection extends Socket {
  override _write(piece: unknown, encoding: BufferEncoding, written: Written): void {
    // oxlint-disable-next-line no-underscore-dangle -- it is Node's name.
    super._write(piece, encoding, () => written());
  }

  override _writev(pieces: Pieces, written: Written): void {
    // oxlint-disable-next-line no-underscore-dangle -- it is Node's name.
    super._writev?.(pieces, () => written());
  }
}

export class WorkerAgent extends Agent {
  override createConnection(options: ClientRequestArgs): Socket {
    return new WorkerConnection().connect(options as TcpNetConnectOpts);
  }
}
