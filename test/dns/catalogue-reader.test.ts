import { expect, it } from "vitest";
import { CatalogueReader } from "../../src/dns/catalogue-reader.ts";
import type { CatalogueSnapshot } from "../../src/registry/registry.ts";

it("can be doubted again when the clock was set back", () => {
  let nowMs = 3_600_000;
  const nothing = { catalogueRevision: 1, namespaces: [], services: [] };
  const reader = new CatalogueReader(
    { readCatalogueRevision: () => Promise.resolve(1), readCatalogue: () => Promise.resolve(nothing) },
    5,
    {
      askTimeoutMs: 3000,
      waitTimeoutMs: 1000,
      nowMs: () => nowMs,
      waitUntil: () => undefined,
      reportFailure: () => undefined,
    },
  );
  expect([reader.doubt(), reader.doubt()]).toEqual([true, false]);
  nowMs = 0;
  expect([reader.doubt(), reader.doubt()]).toEqual([true, false]);
});

it("keeps the newer of two catalogues whose reads overlapped, whichever arrived last", async () => {
  const reads: PromiseWithResolvers<CatalogueSnapshot>[] = [];
  const started = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  let revision = 1;
  const reader = new CatalogueReader(
    {
      readCatalogueRevision: () => Promise.resolve(revision),
      readCatalogue: () => {
        const read = Promise.withResolvers<CatalogueSnapshot>();
        started[reads.length]?.resolve(undefined);
        reads.push(read);
        return read.promise;
      },
    },
    5,
    {
      askTimeoutMs: 3000,
      waitTimeoutMs: 1000,
      nowMs: () => 0,
      waitUntil: () => undefined,
      reportFailure: () => undefined,
    },
  );
  const older = reader.current();
  await started[0]?.promise;
  revision = 2;
  reader.forget();
  const newer = reader.current();
  await started[1]?.promise;
  reads[1]?.resolve({ catalogueRevision: 2, namespaces: ["new"], services: [] });
  expect((await newer)?.value.revision).toBe(2);
  reads[0]?.resolve({ catalogueRevision: 1, namespaces: [], services: [] });
  expect((await older)?.value.revision).toBe(2);
  expect(reader.newest?.hasNamespace("new")).toBe(true);
});
