/** The main job, step by step, as it really happens. Throws a Difference at the first step that does not. */
import { httpProbe, podManifest, serviceManifest } from "../lab/manifests.ts";
import type { PodProcess } from "../lab/pod-process.ts";
import { creation, deletion, resolution, type Question, type Reply, type Resolution } from "./ask.ts";
import type { Narrator } from "./narrator.ts";
import { podPort as port, type Stage } from "./stage.ts";
import type { Stagecraft } from "./stagecraft.ts";

export interface Scene {
  stage: Stage;
  narrator: Narrator;
  craft: Stagecraft;
}

/** The addresses of the pods, one each. */
export const podAddresses = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;
const [first, second, third] = podAddresses;

export async function tellStory(scene: Scene): Promise<void> {
  const { pods, clusterIp } = await registerPodsAndServices(scene);
  await askBeforeAnyIsReady(scene, clusterIp);
  await becomeReady(scene, pods);
  await leaveAndComeBack(scene, pods.kubia2);
  await killAndDelete(scene, pods.kubia3);
  await beReadyInOtherWays(scene);
}

async function registerPodsAndServices(scene: Scene) {
  const { stage, narrator, craft } = scene;
  narrator.chapter("1  Three pods with a readiness probe, and two services");
  const pods = {
    kubia1: await startPod(scene, "kubia-1", first),
    kubia2: await startPod(scene, "kubia-2", second),
    kubia3: await startPod(scene, "kubia-3", third),
  };
  for (const [index, ip] of podAddresses.entries()) {
    const manifest = podManifest(`kubia-${index + 1}`, { ip, port, readinessProbe: httpProbe(port) });
    await craft.send(`register pod ${manifest.metadata.name}`, creation(stage, "pods", manifest), 201, podInWords);
  }
  const kubia = creation(stage, "services", serviceManifest("kubia", { targetPort: port }));
  const created = await craft.send("create service kubia", kubia, 201, serviceInWords);
  const headless = serviceManifest("kubia-headless", { targetPort: port, headless: true });
  await craft.send("create service kubia-headless", creation(stage, "services", headless), 201, serviceInWords);
  return { pods, clusterIp: created.object.spec?.clusterIP ?? "none" };
}

async function askBeforeAnyIsReady({ stage, narrator, craft }: Scene, clusterIp: string): Promise<void> {
  narrator.chapter("2  While no pod is ready, the headless service has no name; a cluster IP does not depend on pods");
  await craft.resolveNow("resolve kubia-headless", headlessService(stage), "NXDOMAIN");
  await craft.resolveNow("resolve kubia", resolution(stage, "kubia"), [clusterIp]);
}

async function becomeReady({ stage, narrator, craft }: Scene, { kubia1, kubia2, kubia3 }: Pods): Promise<void> {
  narrator.chapter("3  Pods become ready, and DNS answers with them");
  await craft.act("kubia-1 becomes ready", "touch kubia-1/ready", kubia1.becomeReady);
  await craft.resolveSoon("at its next probe it is in DNS", headlessService(stage), { from: "NXDOMAIN", to: [first] });
  await craft.act("kubia-2 and kubia-3 become ready", "touch kubia-2/ready kubia-3/ready", () => {
    kubia2.becomeReady();
    kubia3.becomeReady();
  });
  await craft.resolveSoon("all three are in DNS", headlessService(stage), { from: [first], to: all });
}

async function leaveAndComeBack({ stage, narrator, craft }: Scene, kubia2: PodProcess): Promise<void> {
  narrator.chapter("4  A pod is not ready for a while, and comes back without having been restarted");
  await craft.act("kubia-2 is not ready any more", "rm kubia-2/ready", kubia2.becomeUnready);
  const gone: Resolution = [first, third];
  await craft.resolveSoon("after 3 failures (failureThreshold) it is out", headlessService(stage), {
    from: all,
    to: gone,
  });
  await craft.act("kubia-2 is ready again", "touch kubia-2/ready", kubia2.becomeReady);
  await craft.resolveSoon("it is back", headlessService(stage), { from: gone, to: all });
  await craft.check("it is the process it was", serverIdentity(kubia2), `process ${kubia2.pid}`);
}

async function killAndDelete({ stage, narrator, craft }: Scene, kubia3: PodProcess): Promise<void> {
  narrator.chapter("5  A server dies, and a pod is deleted");
  await craft.act("kubia-3's server dies", `kill -9 ${kubia3.pid}`, kubia3.kill);
  const living: Resolution = [first, second];
  await craft.resolveSoon("it is out", headlessService(stage), { from: all, to: living });
  await craft.send("delete pod kubia-1", deletion(stage, "pods", "kubia-1"), 200);
  await craft.resolveNow("when DELETE returns it is out already", headlessService(stage), [second]);
}

async function beReadyInOtherWays(scene: Scene): Promise<void> {
  const { stage, narrator, craft } = scene;
  narrator.chapter("6  Pods that are ready for other reasons");
  const unprobed = podManifest("kubia-4", { ip: first, port });
  await craft.send("register kubia-4, without a probe", creation(stage, "pods", unprobed), 201, podInWords);
  await craft.resolveSoon("it is in at once", headlessService(stage), { from: [second], to: [first, second] });
  const readinessProbe = { tcpSocket: { port }, periodSeconds: 1 };
  const probedByTcp = podManifest("kubia-5", { ip: third, port, readinessProbe });
  await craft.send("register kubia-5, probed by TCP", creation(stage, "pods", probedByTcp), 201, podInWords);
  await craft.resolveNow("nothing listens there, so it is not in", headlessService(stage), [first, second]);
  await startPod(scene, "kubia-5", third, "tcp");
  await craft.resolveSoon("its port accepts, so it is in", headlessService(stage), { from: [first, second], to: all });
}

type Pods = Awaited<ReturnType<typeof registerPodsAndServices>>["pods"];

const all: Resolution = [first, second, third];

function headlessService(stage: Stage): Question<Resolution> {
  return resolution(stage, "kubia-headless");
}

async function startPod(
  { stage, craft }: Scene,
  name: string,
  address: string,
  kind: "http" | "tcp" = "http",
): Promise<PodProcess> {
  const pod = await stage.startPod(name, address, kind);
  const command = `node $POD ${address} ${port} ${name}${kind === "tcp" ? " tcp" : ""}`;
  await craft.act(`start a server for ${name}`, command, () => `process ${pod.pid} listens on ${address}:${port}`);
  return pod;
}

function serverIdentity({ address }: PodProcess): Question<string> {
  const url = `http://${address}:${port}/`;
  return { command: `curl ${url}`, ask: async () => (await (await fetch(url)).text()).trim() };
}

function podInWords({ text, object }: Reply): string {
  return `${text}, podIP ${object.status?.podIP}`;
}

function serviceInWords({ text, object }: Reply): string {
  return `${text}, clusterIP ${object.spec?.clusterIP}`;
}
