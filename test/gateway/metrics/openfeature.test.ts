import { ErrorCode, OpenFeature, ProviderEvents, type EventDetails } from "@openfeature/server-sdk";
import { afterAll, describe, expect, test } from "vitest";
import { AliasTable } from "../../../src/gateway/index.ts";
import { CanaryProvider, requestOfContext } from "../../../src/gateway/metrics/openfeature.ts";
import { explain } from "../../../src/index.ts";

const table = new AliasTable();
table.apply({
  revision: 1,
  aliases: {
    shop: {
      version: "v1",
      additional_version_weights: { v2: 50 },
      additional_version_strategy: { v3: { rules: [{ rule_type: "Attribute", param: "country", op: "=", value: "DE" }] } },
    },
    plain: { version: "v1" },
    sticky: {
      name: "sticky",
      version: "v1",
      additional_version_weights: { v2: 50 },
      stickiness: { keys: [{ rule_type: "Attribute", param: "targetingKey" }], on_missing: "primary" },
    },
  },
});

afterAll(() => OpenFeature.close());

describe("a provider, asked by OpenFeature's own client", () => {
  const draws = [0, 0.1, 0.9];
  const provider = new CanaryProvider(table, { random: () => draws.shift() ?? 0.5 });
  const client = async () => {
    await OpenFeature.setProviderAndWait(provider);
    return OpenFeature.getClient();
  };

  test("gives the version, the reason, and what decided", async () => {
    const flags = await client();
    expect(await flags.getStringDetails("shop", "none", { country: "DE" })).toMatchObject({
      value: "v3",
      variant: "v3",
      reason: "TARGETING_MATCH",
      flagMetadata: { at: "/additional_version_strategy/v3" },
    });
    expect(await flags.getStringDetails("shop", "none", {})).toMatchObject({ value: "v2", reason: "SPLIT", flagMetadata: { slot: 1_000 } });
    expect(await flags.getStringDetails("shop", "none", {})).toMatchObject({ value: "v1", reason: "SPLIT", flagMetadata: { slot: 9_000 } });
    expect(await flags.getStringDetails("plain", "none", {})).toMatchObject({
      value: "v1",
      reason: "DEFAULT",
      flagMetadata: { at: "/version" },
    });
  });

  test("a sticky alias draws by the key", async () => {
    const flags = await client();
    const plan = table.get("sticky")?.plan;
    if (plan === undefined) throw new Error("no plan");
    for (let user = 0; user < 20; user++) {
      const targetingKey = `u-${user}`;
      const { decision, draw } = explain(plan, { headers: {}, attributes: { targetingKey } });
      expect(await flags.getStringDetails("sticky", "none", { targetingKey })).toMatchObject({
        value: decision.version,
        reason: "SPLIT",
        flagMetadata: { slot: draw?.slot },
      });
    }
    expect(await flags.getStringDetails("sticky", "none", {})).toMatchObject({ value: "v1", reason: "DEFAULT" });
  });

  test("says what is wrong, and gives the default", async () => {
    const flags = await client();
    expect(await flags.getStringDetails("nothing", "none", {})).toMatchObject({ value: "none", errorCode: ErrorCode.FLAG_NOT_FOUND });
    expect(await flags.getBooleanDetails("shop", true, {})).toMatchObject({ value: true, errorCode: ErrorCode.TYPE_MISMATCH });
    expect(await flags.getNumberDetails("shop", 7, {})).toMatchObject({ value: 7, errorCode: ErrorCode.TYPE_MISMATCH });
    expect(await flags.getObjectDetails("shop", { a: 1 }, {})).toMatchObject({ value: { a: 1 }, errorCode: ErrorCode.TYPE_MISMATCH });
    expect(await flags.getStringDetails("shop", "none", { method: "G T" })).toMatchObject({
      value: "none",
      errorCode: ErrorCode.INVALID_CONTEXT,
    });
  });

  test("tells of changes, and of a source that is down", async () => {
    const flags = await client();
    const events: (readonly [string, EventDetails | undefined])[] = [];
    for (const name of [ProviderEvents.ConfigurationChanged, ProviderEvents.Stale, ProviderEvents.Error, ProviderEvents.Ready])
      flags.addHandler(name, (details) => void events.push([name, details]));
    events.length = 0;
    const applied = table.apply({ revision: 2, changes: { plain: { version: "v2" } } });
    provider.onUpdate({ ...applied, isSnapshot: false });
    provider.onStatus({ state: "degraded", reason: "it is down", revision: 2, confirmed: undefined });
    provider.onStatus({ state: "healthy", reason: undefined, revision: 2, confirmed: 1 });
    provider.onStatus({ state: "degraded", reason: "it is down", revision: undefined, confirmed: undefined });
    expect(events.map(([name]) => name)).toEqual([
      ProviderEvents.ConfigurationChanged,
      ProviderEvents.Stale,
      ProviderEvents.Ready,
      ProviderEvents.Error,
    ]);
    expect(events[0]?.[1]).toMatchObject({ flagsChanged: ["plain"] });
    expect(events[1]?.[1]).toMatchObject({ message: "it is down" });
  });
});

test("the request of a context: its parts, and every other text, number and boolean as an attribute", () => {
  const context = {
    targetingKey: "u-1",
    headers: { "X-Beta": "on" },
    path: "/a",
    method: "POST",
    age: 7,
    beta: true,
    list: [1],
    at: new Date(0),
  };
  expect(requestOfContext(context)).toEqual({
    headers: { "x-beta": "on" },
    url: "/a",
    method: "POST",
    attributes: { targetingKey: "u-1", age: "7", beta: "true" },
  });
});
