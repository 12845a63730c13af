/** `/metrics` in Prometheus' text format. Source: Prometheus documentation, "Exposition formats". */
import { unboundedMs, upperBoundsMs, type LatencyBucket } from "./registry/latency-buckets.ts";

const name = "rollcall_dns_programming_duration_seconds";

/** The histogram for each kind of service that has been observed. */
export function metricsText(buckets: readonly LatencyBucket[]): string {
  const kinds = [...new Set(buckets.map(({ serviceKind }) => serviceKind))].sort();
  const lines = kinds.flatMap((kind) =>
    histogram(
      kind,
      buckets.filter(({ serviceKind }) => serviceKind === kind),
    ),
  );
  return [
    `# HELP ${name} Seconds from a change (a probe's outcome, an API call) to the ready list that DNS answers from.`,
    `# TYPE ${name} histogram`,
    ...lines,
    "",
  ].join("\n");
}

function histogram(kind: string, buckets: readonly LatencyBucket[]): string[] {
  const within = (boundMs: number): number =>
    sum(buckets.filter(({ upperBoundMs }) => upperBoundMs !== unboundedMs && upperBoundMs <= boundMs));
  const count = sum(buckets);
  const totalMs = buckets.reduce((total, bucket) => total + bucket.totalMs, 0);
  return [
    ...upperBoundsMs.map(
      (boundMs) => `${name}_bucket{service_kind="${kind}",le="${boundMs / 1000}"} ${within(boundMs)}`,
    ),
    `${name}_bucket{service_kind="${kind}",le="+Inf"} ${count}`,
    `${name}_sum{service_kind="${kind}"} ${totalMs / 1000}`,
    `${name}_count{service_kind="${kind}"} ${count}`,
  ];
}

function sum(buckets: readonly LatencyBucket[]): number {
  return buckets.reduce((total, { observations }) => total + observations, 0);
}
