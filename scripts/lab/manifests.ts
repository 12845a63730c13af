/** Manifests as one would write them, for stories and tests. */

export interface PodManifestOptions {
  ip: string;
  port: number;
  labels?: Record<string, string>;
  readinessProbe?: Record<string, unknown>;
}

export function podManifest(name: string, { ip, port, labels, readinessProbe }: PodManifestOptions) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: labels ?? { app: "kubia" } },
    spec: {
      containers: [
        {
          name: "kubia",
          image: "kubia",
          ports: [{ name: "http", containerPort: port }],
          ...(readinessProbe !== undefined && { readinessProbe }),
        },
      ],
    },
    status: { podIP: ip },
  };
}

export interface ServiceManifestOptions {
  targetPort: number | string;
  headless?: boolean;
  selector?: Record<string, string>;
}

export function serviceManifest(name: string, { targetPort, headless = false, selector }: ServiceManifestOptions) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      ...(headless && { clusterIP: "None" }),
      selector: selector ?? { app: "kubia" },
      ports: [{ port: 80, targetPort }],
    },
  };
}

/** An `httpGet` readiness probe that asks `/ready` every second. */
export function httpProbe(port: number | string) {
  return { httpGet: { path: "/ready", port }, periodSeconds: 1 };
}
