import { expect, test } from "vitest";
import { aliasClient } from "../../src/control/index.ts";
import { KEY, listen, prepare, PROJECT, URN } from "../support/control.ts";

test("changes that are alike within a second are no replays", async () => {
  const service = await listen({ rate: 1e6 });
  try {
    await prepare(service.store);
    const client = aliasClient({ endpoint: service.url, project: PROJECT, credentials: KEY });
    const [one, other] = [10, 20].map((v2) => ({ version: "v1", additional_version_weights: { v2 } })) as [object, object];
    await client.create(URN, "live", one as never);
    for (const body of [other, one, other, one, other, one]) expect(await client.update(URN, "live", body as never)).toMatchObject(body);
  } finally {
    await service.stop();
  }
});
