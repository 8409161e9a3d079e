import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";
import { compile as whole, fetchReader, nodeReader, plan } from "../../src/index.ts";
import { compile } from "../../src/route/edge.ts";
import { configs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

/** The most bytes of the entry with one reader, gzipped. */
const MOST = 6_000;

/** A program that imports these names of the entry, as a bundler makes it: minified, and gzipped. */
async function sizeOf(program: string): Promise<number> {
  const name = "\0program";
  const output = await build({
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id.endsWith("program") ? name : undefined),
        load: (id) => (id === name ? program : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: "program", output: { format: "es" } },
    },
  });
  const [bundled] = [output].flat() as Rolldown.RolldownOutput[];
  const [chunk] = bundled?.output ?? [];
  if (chunk?.type !== "chunk") throw new Error("nothing was bundled");
  return gzipSync(chunk.code).length;
}

const entry = JSON.stringify(resolve("src/route/edge.ts"));

test.each(["fetchReader", "nodeReader"])("the entry with %s is small", { timeout: 120_000 }, async (reader) => {
  const size = await sizeOf(
    `import { compile, ${reader} } from ${entry};\nglobalThis.route = (plan) => compile(plan, { reader: ${reader} });`,
  );
  expect(size).toBeLessThanOrEqual(MOST);
  expect(size).toBeGreaterThan(1_000);
});

test("the whole library is not, so that this would be seen", { timeout: 120_000 }, async () => {
  const index = JSON.stringify(resolve("src/index.ts"));
  expect(
    await sizeOf(`import { compile, fetchReader } from ${index};\nglobalThis.route = (plan) => compile(plan, { reader: fetchReader });`),
  ).toBeGreaterThan(MOST);
});

law("a plan that was sent as JSON decides as its alias does", configs, (config) => {
  const meaning = plan(config);
  const route = compile(JSON.parse(JSON.stringify(meaning)) as typeof meaning, { reader: nodeReader, random: () => 0.3 });
  for (const request of [{ headers: {} }, { headers: { "x-a": "1", cookie: "a=1; b=2" }, url: "/1?a=2", method: "GET" }])
    for (const draw of [undefined, 0, 0.5, 2]) expect(route(request, draw)).toEqual(whole(config, { random: () => 0.3 })(request, draw));
});

test("a Request is read, and what is no plan is refused", () => {
  const route = compile(plan({ version: "v1", additional_version_weights: { v2: 5 } }), { reader: fetchReader });
  expect(route(new Request("https://shop.example/"), 0.04)).toEqual({
    version: "v2",
    reason: "split",
    at: "/additional_version_weights/v2",
    index: 0,
  });
  expect(Object.isFrozen(route.decisions)).toBe(true);
  expect(() => compile({ version: "v1" } as never, { reader: fetchReader })).toThrow("no plan");
});

test("a reader that is another host's is told of, and the primary is given", () => {
  const told: unknown[] = [];
  const route = compile(plan({ version: "v1", additional_version_weights: { v2: 100 } }), {
    reader: nodeReader,
    onError: (error) => told.push(error),
  });
  expect(route(new Request("https://shop.example/") as never)).toMatchObject({ version: "v1", reason: "error" });
  expect(String(told[0])).toContain("read them by `fetchReader`");
});
