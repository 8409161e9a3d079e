import type { Field } from "../../request/index.ts";
import { fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import type { Match, Plan } from "../../plan/index.ts";
import { asBytes, bytesIn } from "../bytes.ts";
import { libraryModel } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { refuseAttributes, Refusals } from "../refusals.ts";
import { separatorOf } from "../wire.ts";
import { nginxServer } from "./nginx.ts";
import { LUA_BITS, LUA_DECIDE, LUA_HASHES, LUA_HOSTS } from "./lua-runtime.ts";

/**
 * A Lua module for LuaJIT, 5.1, 5.3 and 5.4 that decides as this library does, whatever the hash: for nginx-lua and OpenResty, HAProxy,
 * Apache's `mod_lua` and lighttpd's `mod_magnet`. Standalone, it is a configuration of nginx with the module in it.
 */
export const lua: Target = {
  name: "lua",
  says: "a Lua module for nginx-lua and OpenResty (`$canary_version`), HAProxy, Apache and lighttpd",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const hash = (plan.split.kind === "arms" ? plan.split.sticky?.hash : undefined) ?? "murmur3";
  const text = [LUA_BITS, LUA_HASHES[hash], LUA_DECIDE, `${aliasOf(plan).join("\n")}\n`, LUA_HOSTS].join("\n");
  return { text: standalone === undefined ? text : inNginx(text, standalone), refused: [], model: libraryModel(plan) };
}

/** A configuration of nginx with the module in it; modules are where Debian has them. */
function inNginx(text: string, standalone: string): string {
  const http = [
    "underscores_in_headers on;",
    "ignore_invalid_headers off;",
    "init_by_lua_block {",
    "canary = (function()",
    ...text.trimEnd().split("\n"),
    "end)()",
    "}",
    "init_worker_by_lua_block { math.randomseed(ngx.now() * 1000 + ngx.worker.pid()) }",
  ];
  const location = "    set_by_lua_block $canary_version { return canary.nginx() }\n    location / { return 200 $canary_version; }";
  const modules = ["ndk_http", "ngx_http_lua"].map((name) => `load_module /usr/lib/nginx/modules/${name}_module.so;`);
  return `${nginxServer(http, standalone, location, modules).join("\n")}\n`;
}

/** A string of Lua, of bytes: whatever is no letter, digit or blank is written as its number. */
function quoted(bytes: string): string {
  return `"${bytes.replaceAll(/[^0-9A-Za-z ._:;,()=+/-]/g, (unit) => `\\${String(unit.charCodeAt(0)).padStart(3, "0")}`)}"`;
}

/** Values of one function of Lua, which has 65,536 constants at most. */
const MOST_VALUES = 1_000;

function aliasOf({ rules, split, outcomes }: Plan): readonly string[] {
  const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
  const fields = new Map<string, readonly [variable: string, text: string]>();
  const variableOf = (field: Field): string => {
    const known = fields.get(fieldName(field));
    if (known !== undefined) return known[0];
    const made = [`fields[${fields.size + 1}]`, tableOf(field)] as const;
    fields.set(fieldName(field), made);
    return made[0];
  };
  const matchOf = ({ field, values }: Match): string => `{ field = ${variableOf(field)}, values = ${setOf(bytesIn(field, values))} }`;
  const lines = rules.map(({ test: { kind, matches }, outcome }) => {
    return `    { version = ${quoted(version(outcome))}, all = ${kind === "all"}, ${matches.map(matchOf).join(", ")} },`;
  });
  const rest = splitOf(split, version, variableOf).map((line) => `  ${line}`);
  const known = [...fields.values()].map(([, text]) => `  ${text},`);
  return ["local fields = {", ...known, "}", "", "local alias = {", "  rules = {", ...lines, "  },", ...rest, "}"];
}

function splitOf(split: Plan["split"], version: (outcome: number) => Version, variableOf: (field: Field) => string): readonly string[] {
  if (split.kind === "fixed") return [`version = ${quoted(version(split.outcome))},`];
  const arms = split.arms.map(({ until, outcome }) => `{ below = ${until}, version = ${quoted(version(outcome))} }`);
  const { sticky } = split;
  if (sticky === undefined) return [`arms = { ${arms.join(", ")} },`];
  return [
    `arms = { ${arms.join(", ")} },`,
    `keys = { ${sticky.keys.map(({ field }) => variableOf(field)).join(", ")} },`,
    `hash = ${quoted(sticky.hash)},`,
    `seed = ${quoted(asBytes(sticky.seed))},`,
    ...(sticky.missing === "random" ? [] : [`missing = ${quoted(version(sticky.missing))},`]),
  ];
}

function tableOf(field: Field): string {
  switch (field.kind) {
    case "header": {
      const separator = separatorOf(field.name);
      return `{ kind = "header", name = ${quoted(field.name)}${separator === undefined ? "" : `, separator = ${quoted(separator)}`} }`;
    }
    case "authority":
      return '{ kind = "header", name = "host" }';
    case "cookie":
      return `{ kind = "cookie", name = ${quoted(field.name)} }`;
    case "query":
      return `{ kind = "query", name = ${quoted(asBytes(field.name))} }`;
    case "path":
    case "method":
    case "attribute":
      return `{ kind = "${field.kind}" }`;
  }
}

function setOf(values: readonly string[]): string {
  const parts = Array.from({ length: Math.ceil(values.length / MOST_VALUES) }, (_, part) =>
    values.slice(part * MOST_VALUES, (part + 1) * MOST_VALUES),
  );
  return `set(${parts.map((part) => `function() return { ${part.map(quoted).join(", ")} } end`).join(", ")})`;
}
