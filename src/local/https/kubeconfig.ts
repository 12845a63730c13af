/** The configuration that lets kubectl, and every client that reads a kubeconfig, in as the administrator. */
import { stringify } from "yaml";

export interface Way {
  url: URL;
  /** The certificate of the authority to trust, as PEM. */
  authority: string;
  token: string;
}

export function kubeconfig({ url, authority, token }: Way): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "rollcall",
        cluster: { server: url.origin, "certificate-authority-data": Buffer.from(authority).toString("base64") },
      },
    ],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "rollcall", context: { cluster: "rollcall", user: "admin", namespace: "default" } }],
    "current-context": "rollcall",
  });
}
