/** Ends a server that may have ended already, or in part. */
import { claimDataFolder } from "../../src/local/data-folder.ts";
import { endOrphan } from "../../src/local/end-orphan.ts";
import type { ServerProcess } from "./server-process.ts";

/** Ends Node and workerd, whichever of them still runs. */
export async function endServer(server: ServerProcess | undefined, dataFolder: string): Promise<void> {
  if (server?.isRunning()) await server.stop();
  const claim = claimDataFolder(dataFolder);
  if ("refused" in claim) throw new Error(claim.refused);
  await endOrphan(claim.folder.readRuntime());
  claim.folder.release();
}
