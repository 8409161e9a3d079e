import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/convert/index.ts";
import { rollout } from "../../src/simulate/index.ts";
import { command, scratch } from "../support/command.ts";

const { folder, file } = scratch();

const ALIAS = {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 20 },
  additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] } },
  stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], on_missing: "primary" },
};
const alias = file("shop.json", ALIAS);
const attribute = file("attribute.json", {
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type: "Attribute", param: "tenant", op: "=", value: "acme" }] } },
});

describe("usage", () => {
  test.each([
    [["convert", alias], "`convert` needs `--to NAME`", "see `canary-router convert --help`"],
    [["convert", alias, "--to", "haproxi"], "`--to` cannot be `haproxi`", "did you mean `haproxy`?"],
    [["convert", alias, "--to", "haproxy", "--standalone", "here"], "`here` is no host and port", undefined],
    [["convert", alias, "--to", "haproxy", "--standalone", "h:70000"], "`h:70000` is no host and port", undefined],
    [
      ["convert", alias, "--to", "rollout"],
      `${alias}: there is no rollout in it`,
      "`--to rollout` reads a `Rollout` of Argo Rollouts and a `Canary` of Flagger",
    ],
    [
      ["convert", "docs/examples/argo-rollout.yaml", "--from", "argo", "--to", "alias"],
      "docs/examples/argo-rollout.yaml: a rollout is not one alias, but a course of them",
      "write it with `--to rollout`",
    ],
    [
      ["convert", file("pod.json", { apiVersion: "v1", kind: "Pod" }), "--to", "alias"],
      "the document is of no format that is known: ingress-nginx, higress, istio, gateway-api, apisix, alibaba, tencent, aws, flagd, launchdarkly",
      undefined,
    ],
    [
      ["convert", alias, "--to", "haproxy", "--prove"],
      "what is written for `haproxy` is not read back, so nothing is proved of it",
      "`--prove` takes istio, gateway-api, ingress-nginx, apisix, flagd, aws, cloudformation, alibaba, tencent",
    ],
    [["convert", alias, "--to", "haproxy", "-o", alias], `${alias}: is there already`, "`--force` writes over it"],
  ] as const)("%j", async (args, message, help) => {
    const hint = help === undefined ? "" : `  help: ${help}\n`;
    expect(await command(args)).toEqual({ code: 2, stdout: "", stderr: `canary-router: ${message}\n${hint}` });
  });

  test("a config with errors", async () => {
    const ended = await command(["convert", file("broken.json", { version: 1 }), "--to", "haproxy"]);
    expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("error[wrong-type]") as string });
  });
});

test("the config goes to standard output, the report to standard error", async () => {
  const { code, stdout, stderr } = await command(["convert", alias, "--to", "haproxy"]);
  expect(code).toBe(0);
  expect(stdout).toContain("http-request set-var(txn.canary_version) str(v2) if !canary_decided canary_m0\n");
  expect(stderr).toMatch(
    /^canary-router: 4 parts lossless, 1 lossy\nlossy \/stickiness\/hash \(hash murmur3\): requests with any key\n {4}GET \/ HTTP\/1.1\n {4}cookie: uid=user-/,
  );
});

test("`--format json` prints the report, and `-o` writes the config", async () => {
  const out = join(folder, "canary.cfg");
  const { code, stdout } = await command(["convert", alias, "--to", "haproxy", "--format", "json", "-o", out]);
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(Object.keys(report)).toEqual(["lossless", "lossy", "refused"]);
  expect(report.lossy.map(({ at }) => at)).toEqual(["/stickiness/hash"]);
  expect(readFileSync(out, "utf8")).toContain("txn.canary_version");
});

test("`--strict` refuses what is lossy, and nothing is written", async () => {
  const out = join(folder, "strict.cfg");
  const { code, stderr } = await command(["convert", alias, "--to", "haproxy", "--strict", "-o", out]);
  expect(code).toBe(1);
  expect(stderr).toContain("refused /stickiness/hash (hash murmur3): decided otherwise: requests with any key");
  expect(existsSync(out)).toBe(false);
});

test("what cannot be said is refused with its place, and what to do instead", async () => {
  const { code, stdout, stderr } = await command(["convert", attribute, "--to", "nginx"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("refused /additional_version_strategy/v2/rules/0 (attribute tenant)");
  expect(stderr).toContain("help: let a trusted hop write it into a header");
});

describe("`--prove`", () => {
  const { stickiness: _, ...random } = ALIAS;
  const plain = file("random.json", random);

  test("says that what is written decides as the alias", async () => {
    const { code, stdout, stderr } = await command(["convert", plain, "--to", "istio", "--prove"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/\nproved: read back, what is written decides as the alias\n$/);
    expect(stdout).toContain('"exact": "on"');
  });

  test("is in the report, and needs nothing where a part is refused", async () => {
    const out = join(folder, "proved.json");
    const proved = await command(["convert", plain, "--to", "apisix", "--prove", "--format", "json", "-o", out]);
    expect(JSON.parse(proved.stdout)).toMatchObject({ refused: [], proof: { kind: "equivalent" } });
    const refused = await command(["convert", alias, "--to", "istio", "--prove", "--format", "json"]);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).not.toHaveProperty("proof");
  });
});

describe("a config of another router", () => {
  const aws = file("aws.json", { Name: "live", FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: { 2: 0.05 } } });

  test("is found out, and written as an alias", async () => {
    const { code, stdout, stderr } = await command(["convert", aws, "--to", "alias"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "canary-router: 2 parts lossless\n" });
    expect(JSON.parse(stdout)).toEqual({ name: "live", version: "1", additional_version_weights: { 2: 5 } });
  });

  test("is written for a third", async () => {
    const { code, stdout } = await command(["convert", aws, "--from", "aws", "--to", "nginx"]);
    expect(code).toBe(0);
    expect(stdout).toContain("split_clients $request_id $canary_arm0 {\n  5.00% 0;\n  * 1;\n}");
  });

  test("several documents of YAML are one config", async () => {
    const manifests = file(
      "canary.yaml",
      `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec: { defaultBackend: { service: { name: shop-v1, port: { number: 80 } } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop-canary
  annotations:
    nginx.ingress.kubernetes.io/canary: "true"
    nginx.ingress.kubernetes.io/canary-weight: 30
spec: { defaultBackend: { service: { name: shop-v2, port: { number: 80 } } } }
`,
    );
    const { code, stdout } = await command(["convert", manifests, "--to", "alias"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ version: "shop-v1", additional_version_weights: { "shop-v2": 30 } });
  });

  test("what cannot be said is refused", async () => {
    const { code, stdout, stderr } = await command([
      "convert",
      file("x.json", { FunctionVersion: "1", RoutingConfig: { Weights: {} } }),
      "--to",
      "alias",
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("refused /RoutingConfig/Weights (key Weights): the key `Weights` is not understood");
  });
});

test("a rollout is written as one of this library, which `simulate` reads", async () => {
  const out = join(folder, "rollout.json");
  const { code, stderr } = await command(["convert", "docs/examples/argo-rollout.yaml", "--to", "rollout", "-o", out]);
  expect(code).toBe(0);
  expect(stderr).toContain("note /0/spec/strategy/canary/analysis (analysis): runs the analysis `success-rate` beside all steps");
  expect(rollout(JSON.parse(readFileSync(out, "utf8"))).stages.map(({ name }) => name)).toEqual([
    "before",
    "step 1",
    "step 2",
    "step 3",
    "promoted",
  ]);
});
