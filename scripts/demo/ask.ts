/** Requests that are shown as the curl commands they are equal to, and their answers in a few words. */
import { writeFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import { apiClient, type KubernetesObject } from "../lab/api-client.ts";
import type { Stage } from "./stage.ts";

/** A request, before it is made. */
export interface Question<T> {
  /** With `$R` for where the server is, to be typed in the demo's folder. */
  command: string;
  ask: () => Promise<T>;
}

export interface Reply {
  status: number;
  text: string;
  object: KubernetesObject;
}

export type Resource = "pods" | "services";

const namespacePath = "/api/v1/namespaces/default";

/** Writes the manifest to a file of its name, as one would, and sends that. */
export function creation(
  { url, folder }: Stage,
  resource: Resource,
  manifest: { metadata: { name: string } },
): Question<Reply> {
  const file = `${manifest.metadata.name}.json`;
  const path = `${namespacePath}/${resource}`;
  return {
    command: `curl $R${path} -H 'Content-Type: application/json' -d @${file}`,
    ask: async () => {
      writeFileSync(join(folder, file), `${JSON.stringify(manifest, undefined, 2)}\n`);
      return toReply(await apiClient(url)("POST", path, manifest));
    },
  };
}

export function deletion({ url }: Stage, resource: Resource, name: string): Question<Reply> {
  const path = `${namespacePath}/${resource}/${name}`;
  return {
    command: `curl -X DELETE $R${path}`,
    ask: async () => toReply(await apiClient(url)("DELETE", path)),
  };
}

function toReply({ status, body }: { status: number; body: KubernetesObject }): Reply {
  return { status, text: `${status} ${STATUS_CODES[status]}${body.message ? `: ${body.message}` : ""}`, object: body };
}

/** The addresses of a service, sorted; or the rcode that stands in for them. */
export type Resolution = string[] | "NXDOMAIN" | "NODATA" | `rcode ${number}`;

export function resolution({ url }: Stage, service: string): Question<Resolution> {
  const path = `/dns-query?name=${service}.default.svc.cluster.local&type=A`;
  return {
    command: `curl "$R${path}"`,
    ask: async () => {
      const response = await fetch(new URL(path, url));
      if (!response.ok) throw new Error(`DNS answers ${response.status}: ${await response.text()}`);
      return toResolution((await response.json()) as { Status: number; Answer?: { data: string }[] });
    },
  };
}

function toResolution({ Status: rcode, Answer: records }: { Status: number; Answer?: { data: string }[] }): Resolution {
  if (rcode === 3) return "NXDOMAIN";
  if (rcode !== 0) return `rcode ${rcode}`;
  return records === undefined ? "NODATA" : records.map(({ data }) => data).sort();
}

export function inWords(resolution: Resolution): string {
  return typeof resolution === "string" ? resolution : resolution.join(", ");
}
