import { expect, it } from "vitest";
import { metricsText } from "../src/metrics.ts";
import { bucketsOf } from "../src/registry/latency-buckets.ts";

it("the programming latency is a cumulative histogram for each kind of service", () => {
  const observed = [3, 8, 9, 700, 500_000].map((durationMs) => ({ serviceKind: "cluster_ip" as const, durationMs }));
  const lines = metricsText(bucketsOf(observed)).split("\n");
  const bucket = (bound: string): string | undefined =>
    lines.find((line) => line.includes(`le="${bound}"`))?.split(" ")[1];
  expect(["0.005", "0.01", "0.5", "1", "120", "+Inf"].map(bucket)).toEqual(["1", "3", "3", "4", "4", "5"]);
  expect(lines).toContain('rollcall_dns_programming_duration_seconds_sum{service_kind="cluster_ip"} 500.72');
  expect(lines).toContain('rollcall_dns_programming_duration_seconds_count{service_kind="cluster_ip"} 5');
});

it("without observations there is the metric's name and nothing else", () => {
  expect(
    metricsText([])
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#")),
  ).toEqual([]);
});
