import { afterAll, beforeEach, expect, test } from "vitest";
import { listen, type Listening, prepare, PROJECT, send, URN } from "../support/control.ts";

let service: Listening;
const ALIASES = `/v2/${PROJECT}/fgs/functions/${URN}/aliases`;
const LIVE = `${ALIASES}/live`;

beforeEach(async () => {
  await service?.stop();
  service = await listen({ rate: 1e6, preconditions: true, maxMoved: 10 });
  await prepare(service.store);
  await send(service.url, "POST", ALIASES, { name: "live", version: "v1" });
});
afterAll(async () => service.stop());

test("a change with the tag of an alias that was changed since is refused", async () => {
  const { headers } = await send(service.url, "GET", LIVE);
  const tag = headers.get("etag") ?? "";
  const changed = await send(service.url, "PUT", LIVE, { version: "v1", additional_version_weights: { v2: 5 } }, { "if-match": tag });
  expect(changed.status).toBe(200);
  const again = await send(service.url, "PUT", LIVE, { version: "v1" }, { "if-match": tag });
  expect([again.status, again.value, again.headers.get("etag")]).toEqual([
    412,
    expect.objectContaining({ error_code: "FSS.0428" }),
    changed.headers.get("etag"),
  ]);
  expect((await send(service.url, "DELETE", LIVE, undefined, { "if-match": tag })).status).toBe(412);
  expect((await send(service.url, "GET", LIVE, undefined, { "if-match": tag })).status).toBe(400);
  expect((await send(service.url, "DELETE", LIVE, undefined, { "if-match": "*" })).status).toBe(204);
  expect((await send(service.url, "PUT", LIVE, { version: "v1" }, { "if-match": "*" })).status).toBe(404);
});

test("a dry run says what would be, and changes nothing", async () => {
  const before = (await send(service.url, "GET", LIVE)).value;
  const dry = await send(service.url, "PUT", `${LIVE}?dry_run=true`, { version: "v1", additional_version_weights: { v2: 5 } });
  expect(dry).toMatchObject({
    status: 200,
    value: {
      alias: { additional_version_weights: { v2: 5 } },
      moved: { slots: 500, least: 500, redrawn: false, unchanged: false },
      diagnostics: [],
    },
  });
  expect((await send(service.url, "GET", LIVE)).value).toEqual(before);
  expect((await send(service.url, "PUT", `${LIVE}?dry_run=true`, { version: "v9" })).status).toBe(404);
  expect((await send(service.url, "POST", `${ALIASES}?dry_run=true`, { name: "next", version: "v2" })).status).toBe(200);
  expect((await send(service.url, "DELETE", `${LIVE}?dry_run=true`)).status).toBe(204);
  expect((await send(service.url, "GET", ALIASES)).value).toEqual([before]);
});

test("a change that moves more than the limit is refused", async () => {
  expect((await send(service.url, "PUT", LIVE, { version: "v1", additional_version_weights: { v2: 10 } })).status).toBe(200);
  const refused = await send(service.url, "PUT", LIVE, { version: "v1", additional_version_weights: { v2: 30 } });
  expect([refused.status, refused.value]).toEqual([
    428,
    {
      error_code: "FSS.0428",
      error_msg: "20.00 % of the split would move, and this service lets one change move 10 %: move in smaller steps",
    },
  ]);
  expect((await send(service.url, "PUT", LIVE, { version: "v1", additional_version_weights: { v2: 20 } })).status).toBe(200);
});

test("every change is in the history, with who made it and what moved", async () => {
  await send(service.url, "PUT", LIVE, { version: "v1", additional_version_weights: { v2: 10 } });
  await send(service.url, "DELETE", LIVE);
  const { value } = await send(service.url, "GET", `${LIVE}/history`);
  const who: unknown = expect.stringMatching(/^token [0-9a-f]{8}$/);
  const body = { version: "v1", additional_version_weights: { v2: 10 } };
  expect(value).toMatchObject([
    { action: "delete", what: "alias", name: "live", who, before: body },
    { action: "update", who, before: { version: "v1" }, after: body, moved: { slots: 1000, least: 1000 } },
    { action: "create", who, after: { version: "v1" } },
  ]);
  const [first] = value as readonly { readonly revision: number }[];
  expect((await send(service.url, "GET", `${LIVE}/history?limit=1&before=${first?.revision}`)).value).toMatchObject([{ action: "update" }]);
});
