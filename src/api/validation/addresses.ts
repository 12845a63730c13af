import { parseIp } from "../../domain/ip.ts";
import { invalid, type FieldError } from "./field-error.ts";

/** Any IP address will do, private and loopback ones included: where pods may be is not for the API to say. */
export function ipErrors(ip: string | undefined, field: string): FieldError[] {
  if (ip !== undefined && parseIp(ip) !== undefined) return [];
  return [invalid(field, ip ?? "", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
}
