import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { KEY, type Listening, listen, prepare, PROJECT, REGION, URN } from "../support/control.ts";
import { sdk } from "../support/sdk.ts";

let service: Listening;
let client: ReturnType<typeof sdk>;

beforeEach(async () => {
  await service?.stop();
  service = await listen({ rate: 1e6 });
  client = sdk(service.url);
  await prepare(service.store);
});
afterAll(async () => service.stop());

/** What the SDK throws, as data. */
async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const result = await call.then(
    (value) => ({ answered: value }),
    (error: unknown) => error,
  );
  const { httpStatusCode, errorCode, errorMsg, requestId } = result as {
    readonly httpStatusCode?: number;
    readonly errorCode?: string;
    readonly errorMsg?: string;
    readonly requestId?: string;
  };
  expect(requestId, JSON.stringify(result)).toMatch(/^[0-9a-f]{32}$/);
  expect(errorMsg).not.toBe("");
  return [httpStatusCode, errorCode];
}

const create = async (body: object, urn: string = URN): Promise<unknown> => client.createVersionAlias({ function_urn: urn, body } as never);
const update = async (name: string, body: object): Promise<unknown> =>
  client.updateVersionAlias({ function_urn: URN, alias_name: name, body } as never);
const show = async (name: string): Promise<unknown> => client.showVersionAlias({ function_urn: URN, alias_name: name } as never);
const list = async (): Promise<unknown> => client.listVersionAliases({ function_urn: URN } as never);
const remove = async (name: string): Promise<unknown> => client.deleteVersionAlias({ function_urn: URN, alias_name: name } as never);

const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe("aliases", () => {
  test("are created, shown, listed, replaced and deleted", async () => {
    const body = { name: "live", version: "v1", description: "who pays", additional_version_weights: { v2: 5 } };
    const alias = { ...body, last_modified: time, alias_urn: `${URN}:!live` };
    expect(await create(body)).toEqual({ ...alias, httpStatusCode: 200 });
    expect(await show("live")).toEqual({ ...alias, httpStatusCode: 200 });
    const listed = await list();
    expect(Array.isArray(listed)).toBe(true);
    expect([...(listed as unknown[])]).toEqual([alias]);
    // What the body leaves out is not set any more.
    const replaced = { name: "live", version: "v3", last_modified: time, alias_urn: `${URN}:!live`, httpStatusCode: 200 };
    expect(await update("live", { version: "v3" })).toEqual(replaced);
    expect(await show("live")).toEqual(replaced);
    expect(await remove("live")).toEqual({ httpStatusCode: 204 });
    expect([...((await list()) as unknown[])]).toEqual([]);
  });

  test("have a strategy as it was written", async () => {
    const strategy = {
      v2: {
        combine_type: "and",
        rules: [
          { rule_type: "header", param: "x-user", op: "in", value: "a,b" },
          { rule_type: "cookie", param: "beta", op: "=", value: "on" },
        ],
      },
    };
    expect(await create({ name: "live", version: "v1", additional_version_strategy: strategy })).toMatchObject({
      additional_version_strategy: strategy,
    });
    expect(await show("live")).toMatchObject({ additional_version_strategy: strategy });
  });

  test("leave out what is null or empty", async () => {
    await create({ name: "live", version: "v1", description: "", additional_version_weights: null, additional_version_strategy: {} });
    expect(Object.keys((await show("live")) as object).toSorted()).toEqual([
      "alias_urn",
      "httpStatusCode",
      "last_modified",
      "name",
      "version",
    ]);
  });

  test("may be what the service answered", async () => {
    const { httpStatusCode: _, ...alias } = (await create({ name: "live", version: "v1" })) as Record<string, unknown>;
    expect(await update("live", alias)).toMatchObject({ version: "v1" });
  });

  test("may have `latest` as their primary", async () => {
    expect(await create({ name: "live", version: "latest" })).toMatchObject({ version: "latest" });
  });

  test.each([
    "shop",
    "default:shop",
    "shop:latest",
    "shop:!live",
    "default:shop:v1",
    "function:default:shop",
    "function:default:shop:!live",
    URN,
    `${URN}:latest`,
    `${URN}:!live`,
  ])("are of a function by the URN %s", async (urn) => {
    await create({ name: "live", version: "v1" });
    expect(await client.showVersionAlias({ function_urn: urn, alias_name: "live" } as never)).toMatchObject({ alias_urn: `${URN}:!live` });
  });
});

describe("what the service refuses", () => {
  const many = async (): Promise<void> => {
    await prepare(
      service.store,
      Array.from({ length: 11 }, (_, index) => `n${index}`),
    );
    for (let index = 0; index < 10; index++) await create({ name: `a${index}`, version: `n${index}` });
  };

  test.each<[name: string, status: number, code: string, call: () => Promise<unknown>]>([
    ["a body that is no alias", 400, "FSS.0400", async () => create({ name: "live", version: "v1", additional_version_weight: { v2: 5 } })],
    ["no version", 400, "FSS.0400", async () => create({ name: "live" })],
    ["no name", 400, "FSS.1014", async () => create({ version: "v1" })],
    ["an alias name", 400, "FSS.1014", async () => create({ name: "1", version: "v1" })],
    ["a version name", 400, "FSS.1015", async () => create({ name: "live", version: "-" })],
    ["a description", 400, "FSS.1019", async () => create({ name: "live", version: "v1", description: "x".repeat(513) })],
    ["an eleventh alias", 403, "FSS.1043", async () => (await many(), create({ name: "live", version: "n10" }))],
    ["an unknown function", 404, "FSS.1051", async () => create({ name: "live", version: "v1" }, `${URN}x`)],
    [
      "a function of another region",
      404,
      "FSS.1051",
      async () => create({ name: "live", version: "v1" }, URN.replace(REGION, "cn-other-1")),
    ],
    ["an unknown version", 404, "FSS.1052", async () => create({ name: "live", version: "v9" })],
    ["a URN with an unknown version", 404, "FSS.1052", async () => create({ name: "live", version: "v1" }, `${URN}:v9`)],
    ["a URN with an unknown alias", 404, "FSS.1053", async () => create({ name: "live", version: "v1" }, `${URN}:!none`)],
    ["an unknown alias to show", 404, "FSS.1053", async () => show("none")],
    ["an unknown alias to update", 404, "FSS.1053", async () => update("none", { version: "v1" })],
    ["an unknown alias to delete", 404, "FSS.1053", async () => remove("none")],
    [
      "an alias twice",
      409,
      "FSS.1063",
      async () => (await create({ name: "live", version: "v1" }), create({ name: "live", version: "v2" })),
    ],
    [
      "a primary of another alias",
      409,
      "FSS.1066",
      async () => (await create({ name: "live", version: "v1" }), create({ name: "next", version: "v1" })),
    ],
    [
      "an update to a primary of another alias",
      409,
      "FSS.1066",
      async () => (
        await create({ name: "live", version: "v1" }),
        await create({ name: "next", version: "v2" }),
        update("next", { version: "v1" })
      ),
    ],
    [
      "an additional version that is none",
      400,
      "FSS.1091",
      async () => create({ name: "live", version: "v1", additional_version_weights: { "-": 5 } }),
    ],
    [
      "an additional version that is not there",
      400,
      "FSS.1091",
      async () => create({ name: "live", version: "v1", additional_version_weights: { v9: 5 } }),
    ],
    [
      "`latest` as an additional version",
      400,
      "FSS.1091",
      async () => create({ name: "live", version: "v1", additional_version_weights: { latest: 5 } }),
    ],
    [
      "two additional versions",
      400,
      "FSS.1091",
      async () => create({ name: "live", version: "v1", additional_version_weights: { v2: 5, v3: 5 } }),
    ],
    ["a weight", 400, "FSS.1092", async () => create({ name: "live", version: "v1", additional_version_weights: { v2: 101 } })],
    [
      "a weight of the primary",
      400,
      "FSS.1093",
      async () => create({ name: "live", version: "v1", additional_version_weights: { v1: 5 } }),
    ],
    [
      "a strategy without rules",
      400,
      "FSS.0400",
      async () => create({ name: "live", version: "v1", additional_version_strategy: { v2: { combine_type: "and", rules: [] } } }),
    ],
    [
      "rules that are no list, as old clients send them",
      400,
      "FSS.0400",
      async () => create({ name: "live", version: "v1", additional_version_strategy: { v2: { rules: {} } } }),
    ],
    [
      "another name in the body",
      400,
      "FSS.1014",
      async () => (await create({ name: "live", version: "v1" }), update("live", { name: "next", version: "v2" })),
    ],
    ["a URN that is none", 400, "FSS.1309", async () => create({ name: "live", version: "v1" }, "urn:fss:shop")],
    ["a URN of another project", 400, "FSS.1309", async () => create({ name: "live", version: "v1" }, URN.replace(PROJECT, "other"))],
    ["a function twice", 409, "FSS.0409", async () => client.createFunction({ body: { func_name: "shop", package: "default" } } as never)],
    ["a function name", 400, "FSS.1002", async () => client.createFunction({ body: { func_name: "1", package: "default" } } as never)],
    ["a package name", 400, "FSS.1004", async () => client.createFunction({ body: { func_name: "a", package: "1" } } as never)],
    [
      "code of a function",
      400,
      "FSS.0400",
      async () => client.createFunction({ body: { func_name: "a", package: "default", code_url: "https://example" } } as never),
    ],
    ["a version twice", 409, "FSS.1062", async () => client.createFunctionVersion({ function_urn: URN, body: { version: "v1" } } as never)],
    [
      "a version `latest`",
      400,
      "FSS.1015",
      async () => client.createFunctionVersion({ function_urn: URN, body: { version: "latest" } } as never),
    ],
    [
      "a twenty-first version",
      403,
      "FSS.0403",
      async () => {
        await prepare(
          service.store,
          Array.from({ length: 16 }, (_, index) => `n${index}`),
        );
        return client.createFunctionVersion({ function_urn: URN, body: { version: "more" } } as never);
      },
    ],
    [
      "a version that an alias sends requests to",
      403,
      "FSS.1094",
      async () => (
        await create({ name: "live", version: "v1", additional_version_weights: { v2: 5 } }),
        client.deleteFunction({ function_urn: `${URN}:v2` } as never)
      ),
    ],
    ["`latest` to delete", 400, "FSS.1015", async () => client.deleteFunction({ function_urn: `${URN}:latest` } as never)],
    [
      "an alias with a trigger",
      403,
      "FSS.1154",
      async () => {
        await create({ name: "live", version: "v1" });
        await client.createFunctionTrigger({ function_urn: `${URN}:!live`, body: { trigger_type_code: "TIMER", event_data: {} } } as never);
        return remove("live");
      },
    ],
    [
      "another secret",
      401,
      "FSS.0401",
      async () => sdk(service.url, { ...KEY, secret: "not-the-secret" }).listVersionAliases({ function_urn: URN } as never),
    ],
    [
      "an unknown access key",
      401,
      "FSS.0401",
      async () => sdk(service.url, { ...KEY, access: "constructor" }).listVersionAliases({ function_urn: URN } as never),
    ],
    ["another project", 403, "FSS.0403", async () => sdk(service.url, KEY, "other").listVersionAliases({ function_urn: "shop" } as never)],
  ])("%s: %d %s", async (_, status, code, call) => {
    expect(await refusalOf(call())).toEqual([status, code]);
  });

  test("and says everything that is wrong", async () => {
    const error = await create({ name: "1", version: "v1", additional_version_weights: { v2: 101 } }).catch((error: unknown) => error);
    expect((error as { readonly errorMsg: string }).errorMsg).toBe("/name: `1` is no alias name");
  });
});

describe("functions and versions", () => {
  test("are created, published, listed and deleted", async () => {
    expect(
      await client.createFunction({
        body: {
          func_name: "cart",
          package: "default",
          runtime: "Node.js18.15",
          timeout: 3,
          memory_size: 128,
          handler: "index.handler",
          code_type: "inline",
        },
      } as never),
    ).toMatchObject({
      func_urn: `urn:fss:${REGION}:${PROJECT}:function:default:cart:latest`,
      version: "latest",
      runtime: "Node.js18.15",
      httpStatusCode: 200,
    });
    expect(
      await client.createFunctionVersion({ function_urn: "cart", body: { version: "1.0", description: "first" } } as never),
    ).toMatchObject({ version: "1.0", version_description: "first" });
    expect(await client.listFunctionVersions({ function_urn: "cart" } as never)).toMatchObject({
      count: 2,
      versions: [{ version: "latest" }, { version: "1.0" }],
    });
    expect(await client.listFunctions({} as never)).toMatchObject({ count: 2, functions: [{ func_name: "cart" }, { func_name: "shop" }] });
    expect(await client.listFunctions({ marker: "1", maxitems: "1" } as never)).toMatchObject({
      next_marker: 2,
      functions: [{ func_name: "shop" }],
    });
    expect(await client.showFunctionConfig({ function_urn: "cart" } as never)).toMatchObject({ memory_size: 128 });
    expect(await client.deleteFunction({ function_urn: "default:cart" } as never)).toEqual({ httpStatusCode: 204 });
    expect(await client.listFunctions({} as never)).toMatchObject({ count: 1 });
  });

  test("a version without a name gets one from the time", async () => {
    expect(await client.createFunctionVersion({ function_urn: URN, body: {} } as never)).toMatchObject({
      version: expect.stringMatching(/^v\d{8}-\d{6}$/),
    });
  });

  test("a version that is a primary goes with its alias", async () => {
    await create({ name: "live", version: "v1", additional_version_weights: { v2: 5 } });
    expect(await client.deleteFunction({ function_urn: `${URN}:v1` } as never)).toEqual({ httpStatusCode: 204 });
    expect([...((await list()) as unknown[])]).toEqual([]);
    expect(await client.deleteFunction({ function_urn: `${URN}:v2` } as never)).toEqual({ httpStatusCode: 204 });
  });

  test("triggers are created, listed and deleted, and then their alias can be", async () => {
    await create({ name: "live", version: "v1" });
    const urn = `${URN}:!live`;
    const trigger = (await client.createFunctionTrigger({
      function_urn: urn,
      body: { trigger_type_code: "TIMER", event_data: { name: "t" } },
    } as never)) as unknown as {
      readonly trigger_id: string;
    };
    expect(trigger).toMatchObject({ trigger_type_code: "TIMER", trigger_status: "ACTIVE", event_data: { name: "t" }, httpStatusCode: 201 });
    expect([...((await client.listFunctionTriggers({ function_urn: urn } as never)) as unknown as unknown[])]).toHaveLength(1);
    await client.deleteFunctionTrigger({ function_urn: urn, trigger_type_code: "TIMER", trigger_id: trigger.trigger_id } as never);
    expect(await remove("live")).toEqual({ httpStatusCode: 204 });
  });
});
