/** Calls the Kubernetes API, as curl would: one request, one answer. */

/** As much of Kubernetes' objects as stories look at. */
export interface KubernetesObject {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec?: { clusterIP?: string; selector?: Record<string, string> };
  status?: { podIP?: string; phase?: string; conditions?: { type: string; status: string; reason?: string }[] };
  subsets?: { addresses?: { ip: string }[]; notReadyAddresses?: { ip: string }[] }[];
  endpoints?: { addresses: string[]; conditions: { ready?: boolean } }[];
  items?: KubernetesObject[];
  /** Of a Status. */
  message?: string;
  reason?: string;
}

export interface ApiAnswer {
  status: number;
  /** The texts of the Warning headers. */
  warnings: string;
  body: KubernetesObject;
}

export interface ApiClient {
  (method: "GET" | "DELETE", path: string): Promise<ApiAnswer>;
  (method: "POST" | "PUT" | "PATCH", path: string, body: unknown): Promise<ApiAnswer>;
}

/** The server, or something before it, answered in no form of the API's. */
export class UnreadableAnswer extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No call takes so long unless something is wrong. */
const patienceMs = 60_000;

/** `url` is where the server is; `token` is sent as a bearer. A body that is text is sent as it stands. */
export function apiClient(url: string, token?: string): ApiClient {
  return async (method: string, path: string, body?: unknown): Promise<ApiAnswer> => {
    const response = await fetch(new URL(path, url), {
      method,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": method === "PATCH" ? mergePatch : "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true;
    if (!isJson) {
      const answer = `${response.status} and: ${text.slice(0, 200)}`;
      throw new UnreadableAnswer(response.status, `${method} ${path} was answered with ${answer}`);
    }
    const warnings = response.headers.get("Warning") ?? "";
    return { status: response.status, warnings, body: JSON.parse(text) as KubernetesObject };
  };
}

const mergePatch = "application/merge-patch+json";
