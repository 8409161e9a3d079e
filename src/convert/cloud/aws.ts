import { pointer, type Pointer, shown } from "../../document/index.ts";
import { type AliasConfig, SLOTS } from "../../alias/index.ts";
import { fieldName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Document } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { isFields, type Reading, type Source, weightOf } from "../reading.ts";
import { refuseStickiness, Refusals } from "../refusals.ts";
import { destinationsOf } from "../routes.ts";

/** An alias of AWS Lambda: weights of at most one other version, drawn at random. */
export const aws: Target & Source = {
  name: "aws",
  says: "AWS Lambda: an alias with its routing config",
  standalone: false,
  isOne: (document) => isTemplate(document) || ("FunctionVersion" in document && !hasList(document)),
  read,
  write,
};

function isTemplate(value: Readonly<Record<string, unknown>>): boolean {
  return value["Type"] === "AWS::Lambda::Alias" || aliasesIn(value).length > 0;
}

/** Tencent's weights are a list where AWS has an object. */
function hasList(value: Readonly<Record<string, unknown>>): boolean {
  const routing = value["RoutingConfig"];
  return isFields(routing) && (Array.isArray(routing["AdditionalVersionWeights"]) || "AddtionVersionMatchs" in routing);
}

/** The aliases among the resources of a template of CloudFormation. */
function aliasesIn(value: Readonly<Record<string, unknown>>): readonly string[] {
  const resources = value["Resources"];
  if (!isFields(resources)) return [];
  return Object.keys(resources).filter(
    (name) => isFields(resources[name]) && (resources[name] as { readonly Type?: unknown }).Type === "AWS::Lambda::Alias",
  );
}

const RESOURCE = ["Type", "Properties", "DependsOn", "DeletionPolicy", "Metadata", "UpdatePolicy", "Condition", "UpdateReplacePolicy"];
const ALIAS = ["AliasArn", "Name", "FunctionName", "FunctionVersion", "Description", "RoutingConfig", "RevisionId", "ResponseMetadata"];

function read({ value, at: top }: Document, reading: Reading): AliasConfig | undefined {
  if (value["Type"] === "AWS::Lambda::Alias")
    return readAlias(reading.fields(value, top, RESOURCE)["Properties"], `${top}/Properties`, reading);
  const [first, second] = aliasesIn(value);
  if (first === undefined) return readAlias(value, top, reading);
  if (second !== undefined)
    return reading.refuse(`${top}/Resources`, "template", "several aliases in one template", "convert them one by one");
  const at = pointer(`${top}/Resources`, first);
  const resource = reading.fields((value["Resources"] as Readonly<Record<string, unknown>>)[first], at, RESOURCE);
  return readAlias(resource["Properties"], `${at}/Properties`, reading);
}

function readAlias(value: unknown, at: Pointer, reading: Reading): AliasConfig | undefined {
  const fields = reading.fields(value, at, ALIAS, ["ProvisionedConcurrencyConfig"]);
  const version = reading.text(fields["FunctionVersion"], `${at}/FunctionVersion`);
  if (version === undefined) return reading.refuse(`${at}/FunctionVersion`, "primary", "there is no version", "write `FunctionVersion`");
  reading.keeps(`${at}/FunctionVersion`, "primary");
  const routing =
    fields["RoutingConfig"] === undefined
      ? {}
      : reading.fields(fields["RoutingConfig"], `${at}/RoutingConfig`, ["AdditionalVersionWeights"]);
  const weights = weightsOf(routing["AdditionalVersionWeights"], `${at}/RoutingConfig/AdditionalVersionWeights`, reading);
  const name = reading.text(fields["Name"], `${at}/Name`);
  const description = reading.text(fields["Description"], `${at}/Description`);
  return {
    ...(name !== undefined && { name }),
    version,
    ...(description !== undefined && description !== "" && { description }),
    ...(weights.length > 0 && { additional_version_weights: Object.fromEntries(weights) }),
  };
}

/** An object of versions and fractions, or a list of CloudFormation. */
function weightsOf(value: unknown, at: Pointer, reading: Reading): readonly (readonly [string, number])[] {
  const pairs: (readonly [string, unknown, Pointer])[] = [];
  if (Array.isArray(value)) {
    for (const [item, place] of reading.items(value, at)) {
      const { FunctionVersion, FunctionWeight } = reading.fields(item, place, ["FunctionVersion", "FunctionWeight"]);
      const version = reading.text(FunctionVersion, `${place}/FunctionVersion`);
      if (version !== undefined) pairs.push([version, FunctionWeight, `${place}/FunctionWeight`]);
    }
  } else if (value !== undefined && value !== null) {
    if (isFields(value)) for (const [version, weight] of Object.entries(value)) pairs.push([version, weight, pointer(at, version)]);
    else reading.refuse(at, "weights", "expected an object", "write versions with their weights");
  }
  return pairs.flatMap(([version, weight, place]) => {
    const percent = weightOf(weight, version, place, reading);
    return percent === undefined ? [] : [[version, percent] as const];
  });
}

function write(plan: Plan): Written {
  const { primary, others, refused } = weightsIn(plan);
  const weights = Object.fromEntries(others.map(({ version, weight }) => [version, weight / SLOTS]));
  const alias = {
    ...(plan.name !== undefined && { Name: plan.name }),
    FunctionVersion: primary,
    RoutingConfig: { AdditionalVersionWeights: weights },
  };
  return { text: `${JSON.stringify(alias, null, 2)}\n`, refused: refused.all };
}

/** A template of CloudFormation: the function is a parameter, as an alias does not name it. */
export const cloudformation: Target = {
  name: "cloudformation",
  says: "AWS CloudFormation: a template with an alias of AWS Lambda",
  standalone: false,
  write: (plan) => {
    const { primary, others, refused } = weightsIn(plan);
    if (plan.name === undefined) refused.add("", "name", "an alias of CloudFormation has a name", "give the alias a `name`");
    const weights = others.map(({ version, weight }) => ({ FunctionVersion: version, FunctionWeight: weight / SLOTS }));
    const template = {
      AWSTemplateFormatVersion: "2010-09-09",
      Parameters: { FunctionName: { Type: "String" } },
      Resources: {
        Alias: {
          Type: "AWS::Lambda::Alias",
          Properties: {
            FunctionName: { Ref: "FunctionName" },
            Name: plan.name,
            FunctionVersion: primary,
            ...(weights.length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
          },
        },
      },
    };
    return { text: `${JSON.stringify(template, null, 2)}\n`, refused: refused.all };
  },
};

/** The versions of an alias of Lambda, and what it cannot say. */
function weightsIn(plan: Plan): {
  readonly primary: string;
  readonly others: readonly { readonly version: string; readonly weight: number }[];
  readonly refused: Refusals;
} {
  const refused = new Refusals();
  refuseRules(plan, refused, "AWS Lambda");
  refuseStickiness(plan, refused, "AWS Lambda", ", or keep the split in front of the service");
  const [primary = ""] = plan.versions;
  const others = destinationsOf(plan).filter(({ version }) => version !== primary);
  for (const version of plan.versions)
    if (!/^(?:\$LATEST|\d+)$/.test(version))
      refused.add("/version", `version ${version}`, `the versions of AWS Lambda are numbers, and ${shown(version)} is none`, "rename it");
  if (others.length > 1)
    refused.add("/additional_version_weights", "split", "AWS Lambda has one additional version at most", "split between two versions");
  return { primary, others, refused };
}

/** Refuses every rule, for services that have weights only. */
function refuseRules({ rules }: Plan, refusals: Refusals, service: string): void {
  for (const { test } of rules)
    for (const { at, field } of test.matches)
      refusals.add(at, fieldName(field), `${service} has no rules`, "keep the rule in front of the service");
}
