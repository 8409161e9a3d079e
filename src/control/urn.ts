import { shown } from "../document/index.ts";
import { Fault } from "./fault.ts";

/** What names a function for good: a function is of one project. */
export interface FunctionKey {
  readonly project: string;
  /** The group of the function, `default` where nobody named one. */
  readonly package: string;
  readonly name: string;
}

/** A version or an alias that a URN names behind its function. */
export type Qualifier = { readonly kind: "version" | "alias"; readonly name: string };

/** A URN once it is read. */
export interface FunctionUrn extends FunctionKey {
  /** Undefined in a short form, which stands for every region. */
  readonly region: string | undefined;
  readonly qualifier: Qualifier | undefined;
}

/** Names of regions and projects; those of the cloud are of lower-case letters, digits and `-`. */
const PLACE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const NAME = /^[A-Za-z](?:[A-Za-z0-9_-]{0,58}[A-Za-z0-9])?$/;
const VERSION = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/;
/** As in the `extended` profile, without what would part a URN or a path. */
const WIDE_VERSION = /^[A-Za-z0-9][!-.0-9;-~]{0,255}$/;
const ALIAS = /^[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/;

/** Whether the text can be a project, which stands in paths and keys of stores. */
export function isProject(text: string): boolean {
  return PLACE.test(text);
}

/** Whether the text can be a region. */
export function isRegion(text: string): boolean {
  return PLACE.test(text);
}

/** Whether the text can be the name of a function, or of a package. */
export function isFunctionName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a version can be published by this name. `latest` is there from the beginning. */
export function isVersionName(text: string, profile: "functiongraph" | "extended"): boolean {
  return text !== "latest" && (profile === "functiongraph" ? VERSION : WIDE_VERSION).test(text);
}

/**
 * Reads a URN in its full form, `urn:fss:<region>:<project>:function:<package>:<name>[:<version>|:!<alias>]`, or in a short one, in which
 * `package` is `default`: `name`, `name:latest`, `name:!alias`, `package:name`, `package:name:version`, `function:package:name` and
 * `function:package:name:version`. The service documents how many fields short forms have, and not which; these are the ends of the full form.
 * @throws Fault FSS.1309 where it is none, or is of another project than the path
 */
export function readUrn(text: string, project: string): FunctionUrn {
  const fields = text.split(":");
  const urn = fields[0] === "urn" ? readFull(fields) : readShort(fields, project);
  if (urn === undefined || !NAME.test(urn.package) || !NAME.test(urn.name)) {
    throw new Fault("FSS.1309", `${shown(text)} is no URN of a function`);
  }
  if (urn.project !== project) throw new Fault("FSS.1309", `the URN is of another project than the path: ${shown(text)}`);
  return urn;
}

function readFull([urn, fss, region, project, kind, group, name, qualifier, ...more]: readonly string[]): FunctionUrn | undefined {
  if (urn !== "urn" || fss !== "fss" || kind !== "function" || more.length > 0) return undefined;
  if (region === undefined || !PLACE.test(region) || project === undefined || !PLACE.test(project)) return undefined;
  return withQualifier({ region, project, package: group ?? "", name: name ?? "" }, qualifier);
}

function readShort(fields: readonly string[], project: string): FunctionUrn | undefined {
  const ends = fields[0] === "function" && fields.length >= 3 ? fields.slice(1) : fields;
  const [one = "", two = "", qualifier] = ends;
  const base = { region: undefined, project };
  switch (ends.length) {
    case 1:
      return withQualifier({ ...base, package: "default", name: one }, undefined);
    case 2:
      if (two === "latest" || two.startsWith("!")) return withQualifier({ ...base, package: "default", name: one }, two);
      return withQualifier({ ...base, package: one, name: two }, undefined);
    case 3:
      return withQualifier({ ...base, package: one, name: two }, qualifier);
    default:
      return undefined;
  }
}

function withQualifier(urn: Omit<FunctionUrn, "qualifier">, text: string | undefined): FunctionUrn | undefined {
  if (text === undefined) return { ...urn, qualifier: undefined };
  if (text.startsWith("!")) return ALIAS.test(text.slice(1)) ? { ...urn, qualifier: { kind: "alias", name: text.slice(1) } } : undefined;
  return WIDE_VERSION.test(text) ? { ...urn, qualifier: { kind: "version", name: text } } : undefined;
}

/** The full URN of a function. */
export function functionUrn({ region, project, package: group, name }: FunctionKey & { readonly region: string }): string {
  return `urn:fss:${region}:${project}:function:${group}:${name}`;
}
