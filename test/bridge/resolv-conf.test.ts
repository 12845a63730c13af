import { describe, expect, it } from "vitest";
import { parseResolvConf, withoutSelf } from "../../src/bridge/resolv-conf.ts";

const at = (address: string, port = 53) => ({ address, port });

it("the host's resolvers are the addresses of the nameserver lines", () => {
  const text =
    "# made by a program\nsearch home.example\n nameserver 192.0.2.1\nnameserver\t2001:db8::1 # two\noptions ndots:5\n";
  expect(parseResolvConf(`${text}nameserver none\nnameserver\n`)).toEqual([at("192.0.2.1"), at("2001:db8::1")]);
  expect(parseResolvConf("")).toEqual([]);
});

describe("nobody is asked who is the bridge itself", () => {
  it.each([
    ["the address that it listens on", [at("127.0.0.1")], [at("127.0.0.1"), at("192.0.2.1")], [at("192.0.2.1")]],
    ["another port of that address", [at("127.0.0.1", 5354)], [at("127.0.0.1")], [at("127.0.0.1")]],
    ["another address of this machine", [at("127.0.0.1")], [at("127.0.0.53")], [at("127.0.0.53")]],
    ["an address of this machine, when it listens on all", [at("0.0.0.0")], [at("10.0.0.5"), at("127.0.0.53")], []],
    ["an address elsewhere, when it listens on all", [at("::")], [at("192.0.2.1")], [at("192.0.2.1")]],
  ])("%s", (_, listening, resolvers, left) => {
    expect(withoutSelf(resolvers, listening, ["10.0.0.5", "127.0.0.1"])).toEqual(left);
  });
});
