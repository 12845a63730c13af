/** An address and a port to listen on or to ask, as people write them: `127.0.0.1:53`, `[::1]:53`. */
import { isIP, isIPv6 } from "node:net";

export interface Endpoint {
  address: string;
  port: number;
}

/** The port may be missing where there is a usual one. */
export function parseEndpoint(text: string, usualPort?: number): Endpoint | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^[\]]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isBareIPv6 = isIPv6(text);
  const address = isBareIPv6 ? text : (bracketed ?? plain ?? "");
  const port = isBareIPv6 || digits === undefined ? usualPort : Number(digits);
  const isSound = bracketed === undefined ? isIP(address) !== 0 : isIPv6(address);
  if (!isSound || port === undefined || port > 65_535) return undefined;
  return { address, port };
}

export function endpointText({ address, port }: Endpoint): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
