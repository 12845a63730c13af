/** Probing from the outside when one of its two clocks never ticks. */
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../scripts/lab/api-client.ts";
import { eventually } from "../../scripts/lab/eventually.ts";
import { httpProbe, podManifest, serviceManifest } from "../../scripts/lab/manifests.ts";
import { findFreePort, startPod } from "../../scripts/lab/pod-process.ts";
import { askDns } from "./ask-dns.ts";
import { runningServer } from "./running-server.ts";
import { tempFolder } from "./temp-folder.ts";

const address = "127.0.0.1";
const deadlineMs = 60_000;

it("goes on by alarm, without the cron trigger having run once", async () => {
  const folder = tempFolder();
  const server = await runningServer(join(folder, "data"), { ROLLCALL_CRON: "off" });
  const [api, port] = [apiClient(server.url), await findFreePort()];
  await api(
    "POST",
    "/api/v1/namespaces/default/services",
    serviceManifest("web", { targetPort: port, headless: true }),
  );
  await api(
    "POST",
    "/api/v1/namespaces/default/pods",
    podManifest("a", { ip: address, port, readinessProbe: httpProbe(port) }),
  );
  const answer = async (): Promise<string> =>
    (await askDns(server.url, "web.default.svc.cluster.local")).addresses.join(" ");
  const answerSoon = async (wanted: string): Promise<string> =>
    (await eventually(answer, (seen) => seen === wanted, { deadlineMs })).value;
  expect(await answer()).toBe("");
  const pod = await startPod({ address, port, folder: join(folder, "a"), kind: "http" });
  onTestFinished(pod.kill);
  pod.becomeReady();
  expect(await answerSoon(address)).toBe(address);
  await pod.kill();
  expect(await answerSoon("")).toBe("");
});
