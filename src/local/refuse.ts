/** Says why there is no Rollcall now, a line each, and ends with a failure when the process ends. */
export function refuse(...reasons: string[]): void {
  for (const reason of reasons) console.error(`rollcall: ${reason}`);
  process.exitCode = 1;
}
