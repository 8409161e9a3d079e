import { expect, test } from "vitest";
import type { AliasConfig } from "../../../src/alias/config.ts";
import type { AffinityOptions } from "../../../src/gateway/affinity.ts";

/** What each host is built with. */
export interface HostSetup {
  readonly affinity?: AffinityOptions;
  /** Whether the alias is one that the table does not have. */
  readonly unknown?: boolean;
}

/** Starts the host in front of an upstream, and gives its origin. Its alias is `ALIAS`; the attribute `tenant` is the header `x-tenant`. */
export type Start = (setup: HostSetup) => Promise<string>;

export const KEYS: readonly [string] = ["0123456789abcdef0123456789abcdef"];

export const ALIAS: AliasConfig = {
  name: "shop",
  version: "v1",
  additional_version_order: ["v4", "v3", "v2"],
  additional_version_strategy: {
    v2: { rules: [{ rule_type: "Header", param: "x-canary", op: "=", value: "1" }] },
    v3: { rules: [{ rule_type: "Header", param: ":path", op: "=", value: "/api/cart" }] },
    v4: { rules: [{ rule_type: "Attribute", param: "tenant", op: "=", value: "acme" }] },
  },
  additional_version_weights: { v2: 50 },
};

interface Told {
  readonly version?: string;
  readonly url: string;
  readonly body: string;
}

/** What every host must do, in front of a real upstream. */
export function hostCases(start: Start): void {
  const told = async (response: Response): Promise<Told> => (await response.json()) as Told;

  test("a rule, the whole target and attributes decide, and the upstream is told", async () => {
    const origin = await start({});
    expect(await told(await fetch(`${origin}/api/other`, { headers: { "x-canary": "1" } }))).toMatchObject({ version: "v2" });
    expect(await told(await fetch(`${origin}/api/cart?a=1`))).toMatchObject({ version: "v3" });
    expect(await told(await fetch(`${origin}/api/x`, { headers: { "x-tenant": "acme" } }))).toMatchObject({ version: "v4" });
  });

  test("a body passes", async () => {
    const origin = await start({});
    const response = await fetch(`${origin}/api/x`, { method: "POST", body: "a body", headers: { "x-canary": "1" } });
    expect(await told(response)).toMatchObject({ version: "v2", body: "a body" });
  });

  test("what the upstream sets is kept beside what the host sets", async () => {
    const origin = await start({ affinity: { keys: KEYS, maxAge: 60 } });
    const response = await fetch(`${origin}/api/x`);
    expect(response.headers.get("vary")).toBe("Accept-Encoding, x-canary, cookie");
    const cookies = response.headers.getSetCookie();
    expect(cookies.slice(0, 2)).toEqual(["session=1", "theme=dark"]);
    expect(cookies).toHaveLength(3);
    expect(cookies[2]).toMatch(/^canary-shop=[0-9a-f]{32}\.[0-9a-f]{64}\.v[12]; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/);
  });

  test("a visitor keeps the first version", async () => {
    const origin = await start({ affinity: { keys: KEYS } });
    for (let visitor = 0; visitor < 8; visitor++) {
      const first = await fetch(`${origin}/api/x`);
      const cookie = first.headers.getSetCookie()[2]?.split(";")[0] ?? "";
      const { version } = await told(first);
      expect(cookie.endsWith(`.${version}`)).toBe(true);
      for (let visit = 0; visit < 4; visit++) {
        const again = await fetch(`${origin}/api/x`, { headers: { cookie } });
        expect(await told(again)).toMatchObject({ version });
        expect(again.headers.getSetCookie()).toEqual(["session=1", "theme=dark"]);
      }
    }
  });

  test("where no alias decides, the upstream is told nothing, whatever the client says", async () => {
    const origin = await start({ unknown: true });
    const response = await fetch(`${origin}/api/x`, { headers: { "x-cff-func-version": "v2" } });
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(await told(response)).not.toHaveProperty("version");
  });

  test("a client cannot choose its version by the upstream header", async () => {
    const origin = await start({});
    expect(await told(await fetch(`${origin}/api/cart`, { headers: { "x-cff-func-version": "v9" } }))).toMatchObject({ version: "v3" });
  });
}
