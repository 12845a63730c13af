/** Whether a request may reach the API: the administrator's token, compared in constant time. */
import type { AccessConfig } from "../config.ts";

export type Admission = "admitted" | "unauthenticated" | "closed";

/** `closed`: nothing was configured that could let anybody in. */
export async function admit(access: AccessConfig, authorization: string | null): Promise<Admission> {
  switch (access.mode) {
    case "open":
      return "admitted";
    case "closed":
      return "closed";
    case "token": {
      const given = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      return given !== undefined && (await sameText(given, access.token)) ? "admitted" : "unauthenticated";
    }
  }
}

/** Compares digests, which are of one length whatever was given, octet by octet to the end. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return left.reduce((difference, octet, index) => difference | (octet ^ (right[index] ?? 0)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
