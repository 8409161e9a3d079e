import { once } from "node:events";
import { createServer } from "node:http";
import { CreateAliasCommand, GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { DestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import { VirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/index.ts";
import { exportAlias, importAlias } from "../../src/convert/index.ts";
import { wireConfigs } from "../support/wire.ts";

// What is written is valid by models that others generate from the definitions of each API.

interface Resource {
  readonly kind: string;
}

const MODELS: Readonly<Record<string, new (value: never) => { readonly validate: () => void }>> = {
  HTTPRoute,
  DestinationRule,
  VirtualService,
};

function validate(document: Resource): void {
  const Model = MODELS[document.kind];
  if (Model === undefined) throw new Error(`there is no model of ${document.kind}`);
  new Model(document as never).validate();
}

const documentsOf = (text: string): readonly Resource[] => text.split("---\n").map((each) => JSON.parse(each) as Resource);

describe("Kubernetes", () => {
  test.each(["gateway-api", "istio"])("%s: what is written has the schema of the API", (to) => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(wireConfigs, (config) => {
        const { stickiness: _, ...random } = config;
        const { text } = exportAlias(random, { to });
        if (text === undefined) return;
        for (const document of documentsOf(text)) {
          validate(document);
          seen.set(document.kind, (seen.get(document.kind) ?? 0) + 1);
        }
      }),
      { seed: 3, numRuns: 600 },
    );
    expect(Math.min(...seen.values())).toBeGreaterThan(40);
    expect(seen.size).toBe(to === "istio" ? 2 : 1);
  });

  test("the models refuse what is not of the schema", () => {
    const { text } = exportAlias({ name: "shop", version: "v1", additional_version_weights: { v2: 10 } }, { to: "istio" });
    const [service, rule] = documentsOf(text ?? "") as [{ readonly kind: string; readonly spec: object }, Resource];
    expect(() => validate({ ...service, spec: { ...service.spec, http: [{ match: [{ uri: 1 }] }] } } as Resource)).toThrow();
    expect(() => validate({ ...rule, spec: { subsets: [{ labels: {} }] } } as Resource)).toThrow();
  });
});

describe("AWS", () => {
  const alias: AliasConfig = { name: "live", version: "3", additional_version_weights: { 4: 0.05 } };

  test("the client of AWS sends and receives what is written", async () => {
    const { text } = exportAlias(alias, { to: "aws" });
    const written = JSON.parse(text ?? "") as { readonly Name: string; readonly FunctionVersion: string; readonly RoutingConfig: object };
    const received: unknown[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        if (body !== "") received.push(JSON.parse(body));
        response.writeHead(200, { "content-type": "application/json" }).end(text);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { readonly port: number };
    const client = new LambdaClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-west-1",
      credentials: { accessKeyId: "none", secretAccessKey: "none" },
    });
    try {
      await client.send(new CreateAliasCommand({ FunctionName: "f", ...written }));
      const { $metadata: _, ...told } = await client.send(new GetAliasCommand({ FunctionName: "f", Name: "live" }));
      expect(received).toEqual([written]);
      expect(importAlias(received[0]).config).toEqual(alias);
      expect(told).toEqual(written);
      // The client writes small numbers with an exponent.
      const tiny = { FunctionVersion: "3", RoutingConfig: { AdditionalVersionWeights: { 4: 1e-7 } } };
      await client.send(new CreateAliasCommand({ FunctionName: "f", Name: "live", ...tiny }));
      const { config, report } = importAlias(received[1]);
      expect([config?.additional_version_weights, report.lossy.map(({ construct }) => construct)]).toEqual([{ 4: 0 }, ["weight of 4"]]);
    } finally {
      client.destroy();
      server.close();
    }
  });

  test("a template has what CloudFormation requires of an alias", () => {
    const template = JSON.parse(exportAlias(alias, { to: "cloudformation" }).text ?? "") as {
      readonly Resources: { readonly Alias: { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> } };
    };
    const { Type, Properties } = template.Resources.Alias;
    expect(Type).toBe("AWS::Lambda::Alias");
    expect(Properties).toEqual({
      FunctionName: { Ref: "FunctionName" },
      Name: "live",
      FunctionVersion: "3",
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: "4", FunctionWeight: 0.0005 }] },
    });
    const { name: _, ...nameless } = alias;
    expect(exportAlias(nameless, { to: "cloudformation" }).report.refused.map(({ why }) => why)).toEqual([
      "an alias of CloudFormation has a name",
    ]);
  });
});
