/** A server that ends with the test that started it, whichever way the test ends. */
import { onTestFinished } from "vitest";
import { startServer, type Environment, type ServerProcess } from "../../scripts/lab/server-process.ts";

export async function runningServer(dataFolder: string, environment: Environment = {}): Promise<ServerProcess> {
  const server = await startServer(dataFolder, environment);
  onTestFinished(async () => {
    if (server.isRunning()) await server.stop();
  });
  return server;
}
