/** Puts into words why the runtime did not start: one line for what can be expected, everything for what cannot. */
import type { Settings } from "./settings.ts";

/** `log` is what workerd wrote meanwhile; some failures are explained only there. */
export function explainFailure(error: unknown, log: readonly string[], settings: Settings): string[] {
  const message = error instanceof Error ? error.message : String(error);
  const evidence = [message, ...log].join("\n");
  const known = explanations(settings).find(([pattern]) => pattern.test(evidence));
  return known === undefined ? [message, ...log] : [known[1]];
}

function explanations({ host, port, dataFolder }: Settings): [RegExp, string][] {
  const data = `the data in ${dataFolder} cannot be used`;
  return [
    [/address already in use/i, `port ${port} of ${host} is in use; set PORT to use another`],
    [/cannot assign requested address|EADDRNOTAVAIL/i, `${host} is no address of this machine; set HOST to one`],
    [/bind.*permission denied|listen EACCES/i, `port ${port} needs more rights; set PORT to use another`],
    [/newer Rollcall/, `${data}: a newer Rollcall wrote them`],
    [/not a database|disk image is malformed/, `${data}: the database is broken`],
    [/unable to open database|readonly database/, `${data}: the database can not be written`],
  ];
}
